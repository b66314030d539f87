"""What is on this host: its listeners, their owners, and its facts about ports.

Enters: nothing but a function that tells which ports are quiet, where connections are wanted.
Leaves: a ``HostView`` (listeners, connections, raw sockets, redirections, what could not be seen) and ``PortFacts``.

``host_reader`` picks the way: on Linux ``linux`` asks the kernel (``sock_diag``, or ``proc_net`` where it
does not answer) and walks ``/proc/*/fd`` for the holders (``holders``, ``owners``); elsewhere
``psutil_sockets`` asks psutil. Both make the same records (``listener_group``, ``quiet_connections``).
Beside the listeners of our own namespace, ``namespace_view`` shows every other namespace (one forked helper,
``namespace_entry``), sockets without a port (``raw_sockets``), the kernel's own (``kernel_sockets``), and what answers
without a listener (``redirections``).
Nothing is re-exported: ``check`` begins to look (``host_reader.start_reading``) before it imports the rest.
Parsers take bytes or text and open nothing; the root of ``/proc`` is always a parameter.

Never: it judges nothing, knows no registry, sends no packet, binds no port, and needs no other right than
the caller has. What it could not see is in the coverage.
"""
