"""The command line: reads arguments, calls one function of ``survey``, prints what ``report`` makes of it.

Only here are errors turned into exit codes and only here is anything printed.
A verb is one file with ``add_arguments`` and ``run``; ``main`` lists them in order.
"""
