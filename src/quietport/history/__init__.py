"""What was: the store of what was seen, and the past of a door as a value.

Enters: a ``Look`` and the doors that it saw, by kind (``model.door_key``), as numbers. Leaves: a ``Past``, a
``Chronicle``, and ``Unseen`` for what could not be kept. ``remember`` is the whole of it for a look, ``recall`` for
a question; ``comparison`` decides what is new, changed, returned or gone, and touches nothing.

Kept is one SQLite file in the state folder (``folder``): a row for every *spell*, the ports of one kind that came
and went together. A look that sees what the last one saw writes the time and nothing else.

Never: it looks at no host, judges nothing, keeps no pid, no address, no command line, and never writes over a file
that it cannot read: that is moved aside, and said. Nothing is re-exported: ``check`` needs ``remember`` alone.
"""
