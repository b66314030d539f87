"""Build hook: compile the registry, the catalogues and the rules from text, offline, before files are packed."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class TextBuildHook(BuildHookInterface):  # type: ignore[type-arg]
    """Make ``registry.sqlite``, ``*.mo`` and ``rules.bin`` for wheels and editable installs alike."""

    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:  # noqa: ARG002 - hatchling's signature
        """Compile what the package is made from, unless this is an sdist, which carries the text."""
        root = Path(self.root)
        sys.path.insert(0, str(root / "src"))
        try:
            from quietport.judge.compile import compile_rules  # noqa: PLC0415 - only now on the path
            from quietport.registry.compile import compile_registry  # noqa: PLC0415
            from quietport.words.compile import compile_catalogues  # noqa: PLC0415
        finally:
            sys.path.pop(0)
        package = root / "src" / "quietport"
        compile_registry(root / "data", package / "registry" / "registry.sqlite")
        compile_catalogues(package)
        compile_rules(package, root / "data")
