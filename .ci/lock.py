"""Writes requirements.txt (what serves) and requirements-dev.txt (what develops and tests): exact versions.

No index address and no hash goes in: the pins say what, the machine says from where.
"""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
UV = Path(sys.executable).with_name("uv")
LISTS = {"requirements.txt": ["postgres"], "requirements-dev.txt": ["postgres", "dev"]}
HEADER = "# Exact versions for {extras}, made from pyproject.toml by `make lock`. Do not edit by hand.\n"


def main() -> None:
    upgrade = [] if "--keep" in sys.argv else ["--upgrade"]
    for name, extras in LISTS.items():
        wanted = [part for extra in extras for part in ("--extra", extra)]
        command = [
            UV,
            "pip",
            "compile",
            "--quiet",
            "--universal",
            "--python-version",
            "3.11",
            "--no-header",
            "--no-annotate",
            "--no-emit-index-url",
            "--no-emit-find-links",
            *upgrade,
            *wanted,
            "pyproject.toml",
        ]
        pins = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout
        text = HEADER.format(extras="Gaita with " + " and ".join(extras)) + pins
        (ROOT / name).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
