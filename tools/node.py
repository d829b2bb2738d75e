"""Run the Node that the Playwright wheel carries: JavaScript tests need nothing else installed."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from playwright._impl._driver import compute_driver_executable


def node() -> Path:
    """Path of the wheel's own Node. A private name of Playwright's: this is its only user."""
    return Path(compute_driver_executable()[0])


if __name__ == "__main__":
    raise SystemExit(subprocess.run([node(), *sys.argv[1:]], check=False).returncode)
