"""Where QUIETPORT_NO_SKIP is set, as .ci/run sets it, a test that skips has failed: its tool was to be there."""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Generator
from pathlib import Path

import pytest

_STATES = pytest.StashKey[tempfile.TemporaryDirectory[str]]()


def pytest_configure(config: pytest.Config) -> None:
    config.stash[_STATES] = tempfile.TemporaryDirectory(prefix="quietport-tests-")


def pytest_unconfigure(config: pytest.Config) -> None:
    config.stash[_STATES].cleanup()


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Let every test remember in a folder of its own, which is made where one remembers at all."""
    name = hashlib.sha256(item.nodeid.encode()).hexdigest()[:16]
    os.environ["QUIETPORT_STATE"] = str(Path(item.config.stash[_STATES].name, name))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    if report.skipped and not hasattr(report, "wasxfail") and os.environ.get("QUIETPORT_NO_SKIP"):
        report.outcome = "failed"
        report.longrepr = f"skipped where nothing may be skipped: {report.longreprtext}"
    return report
