"""Where Chromium is, and how it is started; for the tests and for the picture of the README."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import Any

from playwright.sync_api import Playwright

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
# Chromium calls home at every start unless told not to; a closed network makes that slow.
QUIET = [
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-gpu",
    "--disable-quic",
    "--disable-sync",
    "--no-first-run",
]


def find_chromium(playwright: Playwright) -> str | None:
    """The program that GAITA_CHROMIUM names, the system's, or Playwright's own; None when there is none."""
    named = [os.environ.get("GAITA_CHROMIUM"), *map(shutil.which, NAMES)]
    found = next(filter(None, named), playwright.chromium.executable_path)
    return found if Path(found).exists() else None


def launch_options(program: str) -> dict[str, Any]:
    """As root Chromium starts only without its sandbox."""
    as_root = hasattr(os, "geteuid") and os.geteuid() == 0
    return {"executable_path": program, "args": [*QUIET, *(["--no-sandbox"] if as_root else [])]}
