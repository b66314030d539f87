"""A real container: its listener is found in its namespace, and named by what runc calls it."""

from __future__ import annotations

import uuid
from pathlib import Path

import pytest
from outcome import run_on_stage, why_no_stage
from scenario import find_command

PROGRAM = Path(__file__).with_name("container_host.py")


@pytest.mark.needs("runc")
@pytest.mark.needs("busybox")
def test_a_listener_in_a_container_is_found_and_named() -> None:
    if reason := why_no_stage():
        pytest.skip(reason)
    if absent := [tool for tool in ("runc", "busybox") if find_command(tool) is None]:
        pytest.skip(f"not installed: {', '.join(absent)}")
    name = f"quietport-{uuid.uuid4().hex[:12]}"
    played = run_on_stage(PROGRAM, name)
    told = played["told"]
    (door,) = told["listeners"]
    owner = door["owner"]
    assert [door["transport"], door["address"], door["port"], door["family"]] == ["tcp", "::", 8080, "dual"]
    assert door["namespace"] == played["namespace"] != told["namespace"]
    assert [owner["pid"], owner["program"], owner["executable"]] == [played["pid"], "busybox", "/bin/busybox"]
    assert owner["container"] == {"engine": "runc", "id": name, "name": name, "image": None}
    assert [door["standing"], door["concern"]] == ["custom", "none"]
