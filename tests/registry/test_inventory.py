"""What a snapshot is made of."""

from __future__ import annotations

import shutil
from datetime import date
from typing import TYPE_CHECKING

from quietport.registry import store
from quietport.registry.compile import compile_registry, text_hash
from quietport.registry.inventory import registry_status
from quietport.registry.snapshot import SHIPPED, Registry
from quietport.registry.store import PassedOver, PassedOverBecause
from quietport.survey.registry import status

if TYPE_CHECKING:
    from pathlib import Path

    import pytest


def test_a_small_snapshot_is_counted_whole(data: Path, tmp_path: Path) -> None:
    path = tmp_path / "r.sqlite"
    compile_registry(data, path)
    with Registry(path) as registry:
        found = registry_status(registry, date(2026, 1, 31))
    assert (found.path, found.shipped) == (str(path), False)
    assert (found.iana.id, found.iana.as_of, found.age_days) == ("iana-2026-01-01", "2026-01-01", 30)
    assert (found.rows, found.uses, found.misuse, found.programs) == (5, 1, 1, 1)
    assert found.text_sha256 == text_hash(data)
    assert [source.id for source in found.sources] == ["iana-2020-01-01", "iana-2026-01-01", "list"]
    assert found.passed_over is None


def test_the_shipped_snapshot_is_called_so() -> None:
    with Registry(SHIPPED) as registry:
        found = registry_status(registry, date(2026, 8, 18))
    assert (found.path, found.shipped, found.age_days) == (str(SHIPPED), True, 1)
    assert found.rows > 13_000


def test_an_update_that_is_not_in_force_is_reported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store, "update_folder", lambda: tmp_path)
    updated = tmp_path / "registry.sqlite"
    with Registry(SHIPPED) as registry:
        assert status(registry, date(2026, 8, 18)).passed_over is None
        shutil.copyfile(SHIPPED, updated)
        assert status(registry, date(2026, 8, 18)).passed_over is None
        updated.write_bytes(b"damaged")
        found = status(registry, date(2026, 8, 18)).passed_over
    assert found == PassedOver(str(updated), PassedOverBecause.UNREADABLE)
