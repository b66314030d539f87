"""What the site has declared: policy files in, declarations out.

What enters: ``quietport.toml`` of the system and of the user, or the one file that was named instead.
What leaves: a ``Policy``, which tells for a door what is declared of it, or that something is and has expired;
the flaws of its entries; the same files with one entry more, or one fewer.
A file that somebody else could have written is refused and named; a malformed one is an error, never passed over.
This package never looks at a host, and never decides what a door means.
"""
