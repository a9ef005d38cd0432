"""Virtual environments for what benchmarks compare with: never a dependency, nothing of them beside the product."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path


def environment(folder: Path, requirements: tuple[str, ...]) -> Path:
    """The Python of the environment in `folder`, which is made if there is none yet, or another than is wanted.

    Raises: subprocess.CalledProcessError: it cannot be made; what pip said is on the error stream.
    """
    python = folder / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")
    # written last: an installation that was cut short is made again
    complete, wanted = folder / "requirements.txt", "\n".join(requirements)
    if not complete.exists() or complete.read_text(encoding="utf-8") != wanted:
        subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True)
        pip = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        subprocess.run([*pip, *requirements], check=True, stdout=sys.stderr)
        complete.write_text(wanted, encoding="utf-8")
    return python
