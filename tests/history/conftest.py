"""Looks at a made-up host, in the words of the test."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from quietport.history.remember import remember
from quietport.model.look import Look
from quietport.model.past import Past

START = 1_795_000_000
"""2026-11-18T11:06:40Z."""

LookAt = Callable[..., Past]


@pytest.fixture
def look_at(tmp_path: Path) -> LookAt:
    """Return what notes a look some minutes after the start, and returns its past."""

    def look(minutes: float, seen: dict[str, Any], folder: Path = tmp_path, **more: Any) -> Past:
        at = Look(at=START + int(minutes * 60), host="here", **more)
        past, unseen = remember(folder, at, seen)
        assert unseen == ()
        assert isinstance(past, Past)
        return past

    return look
