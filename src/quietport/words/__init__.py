"""Every sentence quietport says, in every language it speaks, and the gates hostile text leaves by.

What enters: message ids with values (``Phrase``); text that others wrote.
What leaves: sentences in one language; text that can do no harm on a terminal or in a TSV field.
English stands in ``english/*.toml``, translations in ``locale/*.po``; both are compiled when
the package is built. A number is never grouped: 60476 is a port, not sixty thousand.
This package never decides what to say, and never reads anything but its own catalogues.
"""
