"""What makes ``check`` end with 1."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from quietport.model.verdict import Standing, Verdict

if TYPE_CHECKING:
    from quietport.model.door import CheckReport, Judged


class FailOn(StrEnum):
    """What makes ``check`` end with 1."""

    SUSPICIOUS = "suspicious"
    """Concern."""
    MISCONFIGURED = "misconfigured"
    """Concern."""
    UNRESOLVED = "unresolved"
    """Concern."""
    UNEXPLAINED = "unexplained"
    """Standing."""
    CUSTOM = "custom"
    """Standing."""
    UNDECLARED = "undeclared"
    """Standing is not ``declared``."""

    def fits(self, verdict: Verdict) -> bool:
        """Tell whether a verdict is of this kind; standing and concern are asked apart."""
        if self is FailOn.UNDECLARED:
            return verdict.standing is not Standing.DECLARED
        return self.value in {str(verdict.standing), str(verdict.concern)}


DEFAULT_FAIL_ON = (FailOn.MISCONFIGURED, FailOn.SUSPICIOUS)


def findings(report: CheckReport, fail_on: tuple[FailOn, ...]) -> tuple[Judged, ...]:
    """Return the doors that the caller wants to fail on."""
    return report.where(lambda verdict: any(kind.fits(verdict) for kind in fail_on))


def fails(report: CheckReport, fail_on: tuple[FailOn, ...]) -> bool:
    """Tell whether there is any."""
    return any(kind.fits(verdict) for verdict, _ in report.verdicts for kind in fail_on)
