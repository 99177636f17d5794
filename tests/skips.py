"""In CI nothing is skipped: a skipped test of a browser or a database would look like a promise kept."""

from __future__ import annotations

import os

import pytest


def in_ci() -> bool:
    """True when the run is to be trusted without anybody watching it."""
    return os.environ.get("CI", "").lower() in ("1", "true", "yes")


class SkipsFail:
    """Turns a run with a skipped test, or a skipped module, into a failed one."""

    def __init__(self) -> None:
        self.skipped: list[str] = []

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        self._note(report)

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        self._note(report)

    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        if self.skipped and session.exitstatus == pytest.ExitCode.OK:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        for name in self.skipped:
            terminalreporter.write_line(f"SKIPPED, which is a failure with CI=true: {name}", red=True)

    def _note(self, report: pytest.TestReport | pytest.CollectReport) -> None:
        if report.skipped and not hasattr(report, "wasxfail"):
            self.skipped.append(report.nodeid)
