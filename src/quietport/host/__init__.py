"""What is on this host: its listeners, their owners, and its facts about ports.

Enters: nothing but a function that tells which ports are quiet, where connections are wanted.
Leaves: a ``HostView`` (listeners, connections, what could not be seen) and ``PortFacts``.

``host_reader`` picks the way: on Linux ``linux`` asks the kernel (``sock_diag``, or ``proc_net`` where it
does not answer) and walks ``/proc/*/fd`` for the holders (``holders``) and what is to be known of
them (``owners``); elsewhere ``psutil_sockets`` asks psutil. Both make the same records (``listener_group``,
``quiet_connections``).
Nothing is re-exported: ``check`` begins to look (``host_reader.start_reading``) before it imports the rest.
Parsers take bytes or text and open nothing; the root of ``/proc`` is always a parameter.

Never: it judges nothing, knows no registry, sends no packet, binds no port, needs no other right than
the caller has, and looks at no other network namespace. What it could not see is in the coverage.
"""
