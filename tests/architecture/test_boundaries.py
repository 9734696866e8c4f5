"""A module that was split, such as views_people beside views, keeps the bounds that pyproject.toml sets its kind."""

import ast
import re
from pathlib import Path

import pytest

from inspect_app.config import ROOT

WEB = {"flask", "flask_login", "flask_wtf", "werkzeug", "wtforms"}
DATABASE = {"sqlalchemy", "flask_sqlalchemy"}
SURROUNDINGS = {"inspect_app.clock", "inspect_app.db", "inspect_app.queue", "redis", "rq"}
FORBIDDEN = {
    "views": DATABASE,
    "rules": WEB | DATABASE | SURROUNDINGS,
    **dict.fromkeys(("actions", "queries", "jobs", "models", "notices", "imports", "paper", "words"), WEB),
}
PARTS = sorted(path for path in (ROOT / "inspect_app").glob("*/*_*.py") if path.stem.partition("_")[0] in FORBIDDEN)


def imported_modules(path: Path) -> set[str]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    modules = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom):
            modules |= {str(node.module), *(f"{node.module}.{alias.name}" for alias in node.names)}
    return modules


@pytest.mark.parametrize("path", PARTS, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_a_part_of_a_split_module_knows_no_more_than_the_whole_may(path: Path) -> None:
    kind = path.stem.partition("_")[0]
    whole = re.compile(rf"(?:{'|'.join(map(re.escape, sorted(FORBIDDEN[kind])))})(?:\.|$)")
    assert not [name for name in imported_modules(path) if whole.match(name)]
