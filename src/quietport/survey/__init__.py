"""One function per verb: observe, look up, judge; return records, print nothing.

What enters: the question, an open ``Registry``, a way to read the host (so that tests can replace it).
What leaves: ``CheckReport``, ``Explanation``, ``SearchResult``, registry status and differences.
Command line, web and daemon are thin callers of these functions and of no others.
"""
