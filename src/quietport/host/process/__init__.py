"""Who a process is: its executable, user, start, parents, unit, container, what it runs, who handed it its socket.

Enters: the root of ``/proc``, and the root of the files that container engines keep.
Leaves: an ``Owner`` for each process, from ``owners``; every other module reads one thing and is a pure parser of it,
or the few system calls that it takes.
Never: it follows no link out of a user's home, asks no engine, and believes no process about itself without saying so.
"""
