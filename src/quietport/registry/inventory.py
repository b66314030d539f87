"""What the registry is made of: sources, ages, hashes, counts."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from msgspec import Struct

from quietport.registry.snapshot import SHIPPED

if TYPE_CHECKING:
    from quietport.model.page import Source
    from quietport.registry.snapshot import Registry
    from quietport.registry.store import PassedOver


class RegistryStatus(Struct, frozen=True):
    """What stands in the snapshot in force."""

    path: str
    """The file."""
    shipped: bool
    """Whether it came with the package."""
    iana: Source
    """The source of IANA's rows."""
    age_days: int
    """Days since the date of IANA's rows."""
    text_sha256: str
    """Hash of the text that the snapshot was compiled from."""
    rows: int
    """Rows of IANA's registry."""
    uses: int
    """Software defaults."""
    misuse: int
    """Reports of misuse."""
    programs: int
    """Known programs."""
    sources: tuple[Source, ...]
    """Every source, by id."""
    passed_over: PassedOver | None = None
    """An updated snapshot that is there and not in force."""


def registry_status(registry: Registry, today: date, passed_over: PassedOver | None = None) -> RegistryStatus:
    """Return what stands in a snapshot, and how old it is today."""
    sources = registry.sources()
    iana = sources[registry.iana_source]
    counts = registry.row_counts()
    return RegistryStatus(
        path=str(registry.path),
        shipped=registry.path == SHIPPED,
        iana=iana,
        age_days=(today - date.fromisoformat(iana.as_of)).days,
        text_sha256=registry.meta["text_sha256"],
        rows=counts["iana_row"],
        uses=counts["de_facto"],
        misuse=counts["misuse"],
        programs=counts["program"],
        sources=tuple(sources.values()),
        passed_over=passed_over,
    )
