"""What other tools printed of a host's sockets, anywhere: text in, records out.

Enters: the bytes that ``ss``, ``netstat`` (Linux, busybox, macOS, BSD, Windows), ``lsof``, ``sockstat``,
``Get-NetTCPConnection`` and ``Get-NetUDPEndpoint`` or quietport itself printed, one after another if need be.
Leaves: the same ``HostView`` that a look at this host gives (``printed_host.read_printed``).

``formats`` lists the forms in the order in which they are tried; each is one file with the shape that ``interface``
names. ``recognise`` cuts the text into blocks of one form, ``printed_host`` makes records of what they tell.
What such output cannot tell is in the coverage; a line that no form fits is counted there and never lost.

Never: it opens nothing, asks nothing, and believes nothing: every byte is somebody else's.
"""
