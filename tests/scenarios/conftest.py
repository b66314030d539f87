"""The corpus is played by a program of its own, which tests and bench/scenarios.py share; it stands beside them."""

from __future__ import annotations

import sys
from pathlib import Path

# Tests are no package (import-mode=importlib), so what they share is found by its folder.
sys.path.insert(0, str(Path(__file__).parent))
