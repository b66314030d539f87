"""What the process says when it ends."""

from __future__ import annotations

from enum import IntEnum


class ExitCode(IntEnum):
    """Exit codes; where several fit, the first in this order counts."""

    INTERRUPTED = 130
    """Ctrl-C."""
    USAGE = 2
    """The question cannot be understood."""
    DATA = 4
    """Data of ours is missing or damaged."""
    FINDINGS = 1
    """Findings, or no such entry."""
    UNANSWERED = 3
    """The question could not be answered for want of rights or data."""
    NOTHING = 0
    """Nothing to report."""
