"""How results look: terminal, plain tab-separated lines, JSON.

What enters: records of the model and plain values; a ``Phrasebook``.
What leaves: text. Only the command line prints it.
Hostile text passes a gate of ``words`` on its way to a terminal or a TSV field.
Nothing here counts, filters, sorts or judges.
"""
