"""Which package an executable came from, out of the package managers' own databases; none of their tools is run.

Enters: owners of sockets, the root of ``/proc``, the root of this host's files.
Leaves: for each process a ``Package``, None where none owns its executable, or why that is not known.

``finder`` is the way in. ``database`` asks what it finds below a root (``dpkg``, ``rpm``, ``apk``, ``distroless``);
below the root of a container that is a claim, read by a child that may be lost (``claim``).
Never: it writes nothing, follows no link out of a container's root, and runs nothing.
"""
