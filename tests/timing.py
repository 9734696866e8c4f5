"""A pytest plugin of scripts/test: the seconds spent in each folder of tests, and what failed in an earlier stage."""

import os
from collections import defaultdict
from typing import Any

import pytest

_seconds: defaultdict[str, float] = defaultdict(float)
_tests: defaultdict[str, int] = defaultdict(int)


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    folder = report.nodeid.split("::")[0].split("/")[1:2] or ["."]
    _seconds[folder[0]] += report.duration
    _tests[folder[0]] += report.when == "call"


def pytest_terminal_summary(terminalreporter: Any) -> None:
    if _seconds:
        terminalreporter.section("time per folder")
    for folder, seconds in sorted(_seconds.items(), key=lambda entry: -entry[1]):
        terminalreporter.write_line(f"{seconds:8.1f} s  {_tests[folder]:5d} tests  {folder}")
    if before := os.environ.get("TEST_FAILED_BEFORE"):
        terminalreporter.section("failed before this run", red=True)
        terminalreporter.write_line(before, red=True)


def pytest_sessionfinish(session: pytest.Session) -> None:
    if os.environ.get("TEST_FAILED_BEFORE") and session.exitstatus == pytest.ExitCode.OK:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
