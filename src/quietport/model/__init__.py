"""The nouns of quietport, as frozen records.

Nothing enters and nothing leaves: no I/O, no clock, no words for people.
Every other package speaks in these records and in no others.
A thing that is not known is an ``Unknown`` with its reason, never ``None``, ``-1`` or ``""``.
"""
