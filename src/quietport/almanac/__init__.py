"""The page of a port, as data: a pure function of a registry snapshot and a port.

What enters: an open ``Registry`` and a port number, a range, or a name.
What leaves: a ``Page``, sections of claims, each with its values and its sources, in no language.
Renderings (terminal, plain, JSON, later HTML) are made of the same page elsewhere.
A page never knows a host: "on this host" is a section that ``survey`` puts in front.
Every sentence cites a source, or it cannot be built.
"""

from quietport.almanac.page import build_page, port_page, range_page, service_page

__all__ = ["build_page", "port_page", "range_page", "service_page"]
