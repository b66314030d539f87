"""What is on this host: its listeners, their owners, and its facts about ports.

Enters: nothing but a function that tells which ports are quiet, where connections are wanted.
Leaves: a ``HostView`` (listeners, connections, raw sockets, redirections, what could not be seen) and ``PortFacts``.

``host_reader`` picks the way: on Linux ``linux`` asks the kernel (``sock_diag``, or ``proc_net`` where it
does not answer) and walks ``/proc/*/fd`` for the holders (``holders``); elsewhere
``psutil_sockets`` asks psutil. Both make the same records (``listener_group``, ``quiet_connections``).
Beside the listeners of our own namespace, ``namespace`` shows those of every other one (by one forked helper),
sockets without a port (``raw_sockets``), the kernel's own (``kernel_sockets``), and ``nat`` what answers without
a listener.
``package`` tells which package an owner's executable came from: out of the databases of dpkg, rpm and apk below
our own root, or as a claim below a container's.
Nothing is re-exported: ``check`` begins to look (``host_reader.start_reading``) before it imports the rest.
Parsers take bytes or text and open nothing; the root of ``/proc`` is always a parameter.

``hidden`` finds what the tables leave out (``check --hidden``): it alone binds to ports and connects, over
loopback, and only when it was asked for.

Never: it judges nothing, knows no registry, sends no packet, binds no port (``hidden`` apart), and needs no other
right than the caller has. What it could not see is in the coverage.
"""
