"""pytest plugin: with CENPLAN_NO_SKIP=1 a test that would be skipped fails instead.

A skip is right on a machine that lacks, say, LibreOffice. Where everything is installed a skip
would hide that nothing was tested. The Makefile loads this with ``-p tests.support.no_skip``.
"""

from __future__ import annotations

import os
from collections.abc import Generator

import pytest


def fail_if_skipped(report: pytest.TestReport | pytest.CollectReport) -> None:
    """Turn the report of a skip into one of a failure; an expected failure (xfail) stays what it is."""
    enabled = os.environ.get("CENPLAN_NO_SKIP", "") not in ("", "0")
    if enabled and report.outcome == "skipped" and not hasattr(report, "wasxfail"):
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else report.longrepr
        report.outcome = "failed"
        report.longrepr = f"skipped although CENPLAN_NO_SKIP is set: {reason}"


# tryfirst makes these the outermost wrappers: they see what pytest's own handling of marks decided.
@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    fail_if_skipped(report)
    return report


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_make_collect_report() -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    report = yield
    fail_if_skipped(report)
    return report
