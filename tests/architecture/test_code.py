"""What must hold of every file, so that the tree stays as docs/architecture.md describes it."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from inspect_app.config import ROOT
from inspect_app.queue import QUEUES

PACKAGE = ROOT / "inspect_app"
TEMPLATES = ROOT / "templates"
MODULES = sorted(PACKAGE.rglob("*.py"))
LONGEST_MODULE = 400
LONGEST_FUNCTION = 40
FEATURE_FILES = {
    "__init__",
    "rules",
    "models",
    "queries",
    "actions",
    "forms",
    "views",
    "jobs",
    "notices",
    "imports",
    "paper",
    "words",
}
SCRIPTS_AND_HANDLERS = re.compile(r"<script(?![^>]*\bsrc=)[^>]*>|<style\b|\sstyle=|\son[a-z]+=", re.IGNORECASE)


def names(paths: list[Path]) -> list[str]:
    return [str(path.relative_to(ROOT)) for path in paths]


@pytest.mark.parametrize("path", MODULES, ids=names(MODULES))
def test_a_module_fits_on_a_few_screens(path: Path) -> None:
    lines = len(path.read_text().splitlines())
    assert lines <= LONGEST_MODULE, f"{lines} lines: is there a second thing inside?"


@pytest.mark.parametrize("path", MODULES, ids=names(MODULES))
def test_a_function_fits_on_one_screen(path: Path) -> None:
    long = [
        f"{node.name} has {node.end_lineno - node.lineno + 1} lines"
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.FunctionDef) and (node.end_lineno or 0) - node.lineno + 1 > LONGEST_FUNCTION
    ]
    assert not long, long


def test_only_one_function_commits() -> None:
    found = [str(path.relative_to(ROOT)) for path in MODULES if re.search(r"\.commit\(", path.read_text())]
    assert found == ["inspect_app/db.py"]


def test_nothing_is_called_utils() -> None:
    bad = {"utils", "util", "helpers", "helper", "managers", "manager", "services", "service", "core", "misc", "common"}
    found = [str(path.relative_to(ROOT)) for path in MODULES if path.stem in bad or path.parent.name in bad]
    assert not found


def test_every_queue_has_a_worker_in_the_procfile() -> None:
    procfile = (ROOT / "Procfile").read_text()
    workers = [line for line in procfile.splitlines() if line.startswith("worker:")]
    assert workers, "Procfile names no worker"
    named = [queue for queue in QUEUES if f" {queue}" in workers[0]]
    assert named == list(QUEUES) or workers[0].rstrip().endswith("worker")


def test_a_job_function_is_short() -> None:
    for path in PACKAGE.glob("*/jobs.py"):
        for node in ast.parse(path.read_text()).body:
            if isinstance(node, ast.FunctionDef):
                lines = (node.end_lineno or 0) - node.lineno + 1
                assert lines <= 20, f"{path.parent.name}.{node.name}: {lines} lines; the work belongs in an action"


def test_no_template_holds_inline_script_or_style() -> None:
    papers = TEMPLATES / "paper"
    for path in templates():
        if papers in path.parents or path.parent.name == "paper":
            continue
        found = SCRIPTS_AND_HANDLERS.findall(path.read_text())
        assert not found, f"{path.relative_to(ROOT)}: {found}"


def test_no_template_trusts_its_data() -> None:
    for path in templates():
        assert not re.search(r"\|\s*safe\b", path.read_text()), path.relative_to(ROOT)


def test_every_recorded_action_has_words() -> None:
    """A log entry must be readable: its phrase stands in the words.py of its feature."""
    from inspect_app import FEATURES

    words: set[str] = set()
    for feature in FEATURES:
        file = PACKAGE / feature / "words.py"
        if file.exists():
            module = __import__(f"inspect_app.{feature}.words", fromlist=["ACTIONS"])
            words |= set(module.ACTIONS)
    missing = {phrase for path in MODULES for phrase in recorded(path)} - words
    assert not missing, sorted(missing)


def templates() -> list[Path]:
    return sorted(TEMPLATES.rglob("*.html"))


def recorded(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text())):
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "record"):
            continue
        if node.args and isinstance(node.args[0], ast.Constant):
            yield str(node.args[0].value)
