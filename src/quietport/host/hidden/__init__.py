"""``check --hidden``: which ports are taken that no table of the kernel lists.

Enters: nothing, or recorded tables and answers in place of the kernel's.
Leaves: a ``CrossView`` (what each port is, what was done, what was not), and its doors as listeners.

``ports`` reads both tables (``both_tables``), binds to every port for an instant (``bind_probe``), compares
(``cross_view``) and looks again where they disagree; ``connect`` tries what is hidden over loopback.
Never: it sends no byte of its own, keeps no port, looks at no other namespace, and is never run by a timer.
"""
