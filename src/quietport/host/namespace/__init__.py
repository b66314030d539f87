"""What is beside the listeners of our own network namespace: other namespaces, and sockets without a port.

Enters: the root of ``/proc``; who holds which socket.
Leaves: ``SocketsView``, and in ``surroundings`` a ``HostView`` with all of it added.

``found`` finds the namespaces, ``entry`` looks into them by one forked helper, ``tables`` is what each of them tells,
``view`` makes records of it. Never: it moves this process into another namespace, unless it is told to
(``entry.enter_namespace``, for ``check --netns``).
"""
