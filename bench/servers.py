"""Servers on a loopback address: gunicorn with two workers, for Gaita and for the floor alike."""

from __future__ import annotations

import http.client
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

HOST = "127.0.0.1"
WORKERS, THREADS = 2, 4
STARTS_WITHIN, STOPS_WITHIN = 90, 20
ROOT = Path(__file__).parent.parent
OURS = ("DATABASE_URL", "SECRET_KEY", "HISTORY_KEY", "DEMO", "HTTPS", "PROXIES", "OFFICE_DAY", "INSTANCE_PATH")


class Server:
    """One gunicorn; it is running when this returns, and `stop` ends it and its workers."""

    def __init__(self, target: str, settings: Mapping[str, str], folder: Path, probe: str) -> None:
        self.port = _free_port()
        self._said = folder / f"{self.port}.log"
        command = [sys.executable, "-m", "gunicorn", "--no-control-socket", "--bind", f"{HOST}:{self.port}"]
        command += ["--workers", str(WORKERS), "--threads", str(THREADS), "--keep-alive", "60"]
        environment = {name: value for name, value in os.environ.items() if name not in OURS}
        with self._said.open("wb") as said:
            self._process = subprocess.Popen(
                [*command, "--log-level", "warning", target],
                cwd=ROOT,
                env={**environment, **settings},
                stdin=subprocess.DEVNULL,
                stdout=said,
                stderr=said,
            )
        self._wait_for(probe)

    def _wait_for(self, probe: str) -> None:
        until, status = time.monotonic() + STARTS_WITHIN, None
        while time.monotonic() < until and self._process.poll() is None:
            try:
                connection = http.client.HTTPConnection(HOST, self.port, timeout=STARTS_WITHIN)
                connection.request("GET", probe)
                status = connection.getresponse().status
                connection.close()
            except OSError:
                time.sleep(0.05)
                continue
            if status < 400:
                return
            break
        self.stop()
        raise SystemExit(f"The server did not answer well at {probe} ({status}). It said:\n{self.said()}")

    def said(self) -> str:
        """The last lines of its log."""
        return self._said.read_text(encoding="utf-8", errors="replace")[-2000:]

    def stop(self) -> None:
        """End it: asked first, then made to."""
        self._process.terminate()
        try:
            self._process.wait(STOPS_WITHIN)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def memory(self) -> tuple[float, float] | None:
        """MiB of the workers (resident, and with shared pages shared out); None where Linux does not tell."""
        try:
            sizes = [_memory_of(worker) for worker in _children_of(self._process.pid)]
        except OSError:
            return None
        return sum(rss for rss, _ in sizes), sum(pss for _, pss in sizes)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


def _children_of(process: int) -> Iterator[int]:
    for thread in Path(f"/proc/{process}/task").iterdir():
        yield from (int(number) for number in (thread / "children").read_text().split())


def _memory_of(process: int) -> tuple[float, float]:
    sizes = dict.fromkeys(("Rss", "Pss"), 0.0)
    for line in Path(f"/proc/{process}/smaps_rollup").read_text().splitlines():
        name, _, rest = line.partition(":")
        if name in sizes:
            sizes[name] = int(rest.split()[0]) / 1024
    return sizes["Rss"], sizes["Pss"]
