"""What answers at a port although nothing listens there: NAT rules and virtual services.

Enters: the kernel's own tables (nftables over netlink, iptables over getsockopt, ``/proc/net/ip_vs``).
Leaves: entries that become ``Redirection`` records, and a count of rules that could not be read.
Never: it runs no tool, and changes no rule.
"""
