"""What must hold of every page and operation."""

import ast
import re

from flask import Flask
from jinja2 import nodes

from inspect_app import access
from inspect_app.config import ROOT
from inspect_app.permissions import TABLE, Permission

KEBAB = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*(\.[a-z0-9]+)?")
TYPED = re.compile(r"<(uuid|int|any\([^>]+\)|path|string|day):[a-z_]+>")


def test_every_page_names_its_permission(app: Flask) -> None:
    unmarked = sorted(name for name, view in app.view_functions.items() if not hasattr(view, "permission"))
    assert not unmarked, f"marked neither @requires nor @public, so they answer 403: {unmarked}"


def test_every_permission_stands_in_the_table() -> None:
    assert set(TABLE) == set(Permission)


def test_addresses_are_kebab_case_nouns_with_typed_parts(app: Flask) -> None:
    for rule in app.url_map.iter_rules():
        for part in re.split(r"/|\.(?=<)", rule.rule.strip("/")):
            if part.startswith("<"):
                assert TYPED.fullmatch(part), f"{rule.rule}: {part} has no type"
            elif part:
                assert KEBAB.fullmatch(part), f"{rule.rule}: {part} is not kebab-case"


def test_an_address_of_a_form_leads_to_the_page_above_it(app: Flask) -> None:
    pages = app.url_map.bind("localhost")
    parts = {"uuid": "01990000-0000-7000-8000-000000000000", "int": "1", "string": "x", "path": "x"}
    for rule in app.url_map.iter_rules():
        path = TYPED.sub(lambda part: parts.get(part[1], "2026-09-14"), rule.rule)
        if "GET" not in (rule.methods or ()) and not pages.test(path, method="GET"):
            answer = app.test_client().get(path, base_url="http://localhost", headers={"Accept": "text/html"})
            assert answer.status_code == 303, path
            assert path.startswith(answer.location) and pages.test(answer.location, method="GET"), path
    report = f"/tasks/{parts['uuid']}/reports"
    assert app.test_client().get(report).location == report.removesuffix("/reports")


def test_views_fit_in_one_glance() -> None:
    for path in sorted((ROOT / "inspect_app").glob("*/views*.py")):
        for node in ast.parse(path.read_text()).body:
            if isinstance(node, ast.FunctionDef) and any(is_route(item) for item in node.decorator_list):
                lines = (node.end_lineno or 0) - node.lineno + 1
                assert lines <= 22, f"{path.parent.name}.{node.name}: {lines} lines"


def test_every_template_parses_and_is_used(app: Flask) -> None:
    folder = ROOT / "templates"
    sources = [path.read_text() for path in (ROOT / "inspect_app").rglob("*.py")]
    known = {str(path.relative_to(folder)): path.read_text() for path in folder.rglob("*.html")}
    everything = "\n".join(sources + list(known.values()))
    for name, source in known.items():
        app.jinja_env.parse(source)
        dynamic = name.startswith("errors/")
        assert dynamic or f'"{name}"' in everything or f"'{name}'" in everything, f"{name} is used by nobody"


def test_every_link_of_a_template_leads_somewhere(app: Flask) -> None:
    folder = ROOT / "templates"
    for path in sorted(folder.rglob("*.html")):
        tree = app.jinja_env.parse(path.read_text())
        for call in tree.find_all(nodes.Call):
            if isinstance(call.node, nodes.Name) and call.node.name == "url_for" and call.args:
                target = call.args[0]
                if isinstance(target, nodes.Const):
                    assert target.value in app.view_functions, f"{path.relative_to(folder)}: {target.value}"


def is_route(decorator: ast.expr) -> bool:
    return (
        isinstance(decorator, ast.Call)
        and isinstance(decorator.func, ast.Attribute)
        and decorator.func.attr in {"get", "post", "route"}
    )


def test_a_view_that_nobody_marked_is_shut(app: Flask) -> None:
    unmarked = Flask("unmarked")
    unmarked.add_url_rule("/open", view_func=lambda: "open", endpoint="open")
    unmarked.secret_key = "only for this test"
    access.register(unmarked, lambda *_: None)
    unmarked.config["TRUSTED_HOSTS_EXACT"] = frozenset()
    assert unmarked.test_client().get("/open").status_code == 403
