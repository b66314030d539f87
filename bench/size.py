"""What an installation of quietport without extras weighs, beside pip.

python bench/size.py
"""

from __future__ import annotations

import subprocess
import tempfile
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


def weigh(folder: Path) -> dict[str, int]:
    """Return the bytes of every entry of a site-packages folder."""
    return {
        entry.name: sum(file.stat().st_size for file in [entry, *entry.rglob("*")] if file.is_file())
        for entry in folder.iterdir()
    }


def main() -> None:
    """Install into an empty environment and print what came with it."""
    with tempfile.TemporaryDirectory() as folder:
        venv.create(folder, with_pip=True)
        (site,) = Path(folder).glob("lib/python*/site-packages")
        before = weigh(site)
        pip = [str(Path(folder) / "bin" / "pip"), "install", "-q", str(ROOT)]
        subprocess.run(pip, check=True, stderr=subprocess.DEVNULL)
        came = {name: size for name, size in weigh(site).items() if name not in before}
    print("| installed | MB |\n|---|---|")
    for name, size in sorted(came.items(), key=lambda pair: -pair[1])[:8]:
        print(f"| {name} | {size / 1e6:.2f} |")
    print(f"| **together** ({len(came)} entries) | **{sum(came.values()) / 1e6:.2f}** |")


if __name__ == "__main__":
    main()
