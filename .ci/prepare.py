"""Makes a checkout ready to run: `make setup` and `make test` call this, nobody needs to.

Needs nothing but Python, and stays readable for an old one so that it can say what is wrong with it.
"""

import hashlib
import os
import platform
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
READY = VENV / "gaita-ready"
PINS = ROOT / "requirements-dev.txt"
BIN = VENV / ("Scripts" if os.name == "nt" else "bin")
PYTHON = BIN / ("python.exe" if os.name == "nt" else "python")
CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")


def main(wishes):
    if sys.version_info < (3, 11):  # noqa: UP036 - an older Python is just what this line is for
        sys.exit(
            f"Gaita needs Python 3.11 or newer; this is {platform.python_version()}.\n"
            "Name another one like this: make run PYTHON=python3.13"
        )
    os.chdir(ROOT)
    prepare_environment()
    compile_translations()
    if "--browser" in wishes:
        prepare_browser()


def prepare_environment():
    """The mark is written last and removed first: an interrupted installation is done again from nothing."""
    place, pins = identity(), fingerprint()
    mark = READY.read_text(encoding="utf-8").split("\n") if READY.is_file() else []
    if mark == [place, pins]:
        return
    if mark and mark[0] == place and PYTHON.exists():
        READY.unlink()
    else:
        make_venv()
    say("Installing the pinned packages (a minute or two, once)")
    install_pins()
    READY.write_text("\n".join([place, pins]), encoding="utf-8")


def identity():
    """Scripts in an environment hold its path and Python's: a moved checkout or another Python gets a new one."""
    return f"{platform.python_version()} {VENV}"


def fingerprint():
    return hashlib.sha256(PINS.read_bytes()).hexdigest()


def make_venv():
    say("Making the virtual environment .venv")
    shutil.rmtree(VENV, ignore_errors=True)
    command = [sys.executable, "-m", "venv", str(VENV)]
    if subprocess.run(command, check=False).returncode == 0:
        return
    package = f"python{sys.version_info[0]}.{sys.version_info[1]}-venv"
    if not apt_install(package, "python3-venv"):
        sys.exit(f"Python cannot make a virtual environment. On Debian or Ubuntu: apt-get install {package}")
    shutil.rmtree(VENV, ignore_errors=True)
    run(command)


def install_pins():
    uv = shutil.which("uv")
    if uv:
        run([uv, "pip", "install", "--quiet", "--python", str(PYTHON), "-r", str(PINS)])
    else:
        run([str(PYTHON), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-r", str(PINS)])


def compile_translations():
    """The compiled catalogues are not committed; they are made again when their source is newer."""
    stale = [
        source
        for source in (ROOT / "translations").glob("*/LC_MESSAGES/*.po")
        if not source.with_suffix(".mo").exists() or source.with_suffix(".mo").stat().st_mtime < source.stat().st_mtime
    ]
    if stale:
        run([str(PYTHON), "-m", "babel.messages.frontend", "--quiet", "compile", "-d", "translations"])


def prepare_browser():
    if os.environ.get("GAITA_CHROMIUM") or any(shutil.which(name) for name in CHROMIUM_NAMES):
        return
    if apt_install("chromium") or apt_install("chromium-browser"):
        return
    say(
        "No Chromium was found: the browser tests need one. On Debian, as root: apt-get install chromium;\n"
        f"elsewhere install Chromium or Chrome, or run: {BIN.name}/playwright install chromium (in .venv),\n"
        "or name a browser's program in GAITA_CHROMIUM."
    )


def apt_install(*packages):
    """True if the system's packages could be installed: only as root, and only where apt-get exists."""
    apt = shutil.which("apt-get")
    if not apt or not hasattr(os, "geteuid") or os.geteuid() != 0:
        return False
    say(f"Installing {' '.join(packages)} with apt-get")
    quiet = dict(os.environ, DEBIAN_FRONTEND="noninteractive")
    subprocess.run([apt, "-qq", "update"], check=False, env=quiet)
    command = [apt, "-qq", "install", "-y", "--no-install-recommends", *packages]
    return subprocess.run(command, check=False, env=quiet, stdout=subprocess.DEVNULL).returncode == 0


def run(command):
    finished = subprocess.run(command, check=False)
    if finished.returncode:
        sys.exit(f"This did not work: {' '.join(command)}")


def say(text):
    print(text, flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
