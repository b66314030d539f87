"""What should be there: IANA's rows, software's defaults, reported misuse, and the sources of each.

What enters: text in ``data/`` (compiled when the package is built), or IANA's own CSV or XML.
What leaves: ``Registration``, ``DeFactoUse``, ``Misuse``, ``Source`` records; search results; diffs.
It never looks at this host, never judges, and never fetches: bytes are given to it.
Registered, de facto and misused are three answers that are never merged.
"""
