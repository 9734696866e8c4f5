"""Every component, drawn from the real templates, holds what the look promises."""

import re
from pathlib import Path
from types import SimpleNamespace

import html5lib
import pytest
from bs4 import BeautifulSoup
from flask import render_template, render_template_string

from inspect_app.config import ROOT
from tests.look.conftest import render_sample

TEMPLATES = ROOT / "templates"
COMPONENTS = sorted((TEMPLATES / "components").rglob("*.html"))
ERRORS = (400, 403, 404, 409, 413, 429, 500, 503)


def parse(html: str) -> BeautifulSoup:
    html5lib.HTMLParser(strict=True).parse(html.strip())
    return BeautifulSoup(html, "html5lib")


@pytest.fixture(scope="module")
def sample(look_app):
    with look_app.test_request_context("/sample?sort=due&status=open&group=xa&after=k"):
        return render_sample()


@pytest.fixture(scope="module")
def refused(look_app):
    with look_app.test_request_context("/sample", method="POST", data={"reason": "quá dài", "kind": "a", "unit": ""}):
        return render_sample()


def test_the_sample_page_shows_every_component():
    shown = (Path(__file__).parent / "sample.html").read_text()
    parts = {path.stem for path in COMPONENTS}
    used_by_others = {
        path.stem
        for path in COMPONENTS
        if any(
            f'/{path.name}"' in other.read_text()
            for other in [*COMPONENTS, TEMPLATES / "layouts/base.html"]
            if other != path
        )
    }
    assert {part for part in parts if f'/{part}.html"' not in shown} <= used_by_others


@pytest.mark.parametrize("path", COMPONENTS, ids=lambda path: path.stem)
def test_a_component_begins_by_saying_its_arguments(path):
    first = path.read_text()
    assert first.startswith("{# ")
    assert f"{path.stem}(" in first.split("#}")[0]
    assert f"macro {path.stem}(" in first


def test_the_sample_page_is_well_formed(sample, refused):
    parse(sample)
    parse(refused)


def test_no_id_stands_twice_and_every_reference_is_met(sample, refused):
    for html in (sample, refused):
        page = parse(html)
        ids = [node["id"] for node in page.find_all(id=True)]
        assert sorted(ids) == sorted(set(ids))
        for name in ("aria-labelledby", "aria-describedby", "for", "data-for"):
            for node in page.find_all(attrs={name: True}):
                wanted = node[name] if isinstance(node[name], list) else node[name].split()
                assert set(wanted) <= set(ids), (name, node)


def test_nothing_is_styled_or_scripted_inline(sample):
    page = parse(sample)
    for node in page.find_all(True):
        assert not [name for name in node.attrs if name == "style" or name.startswith("on")], node
    assert not page.find_all("style")
    assert all(script.get("src") for script in page.find_all("script"))
    assert "javascript:" not in sample


def test_every_control_has_a_name_that_is_read_out(sample):
    page = parse(sample)
    labelled = {label["for"] for label in page.find_all("label", attrs={"for": True})}
    for control in page.find_all(["input", "select", "textarea"]):
        if control.get("type") == "hidden":
            continue
        assert control.get("id") in labelled or control.get("aria-label") or control.find_parent("label"), control
    for button in page.find_all(["button", "a", "summary"]):
        assert button.get_text(strip=True) or button.get("aria-label") or button.find("img", alt=True), button


def test_every_form_that_posts_carries_the_token(sample):
    for form in parse(sample).find_all("form", method="post"):
        assert form.find("input", attrs={"name": "csrf_token"}), form


def test_a_refused_form_lists_its_errors_with_links_to_the_fields(refused):
    page = parse(refused)
    summary = page.find(class_="error-summary")
    assert summary["role"] == "alert"
    linked = {link["href"][1:] for link in summary.find_all("a")}
    assert linked == {"title", "day", "way", "reason", "notes-0"}
    field = page.find(id="reason")
    assert field["aria-invalid"] == "true"
    assert "reason-loi" in field["aria-describedby"]
    assert "Tối đa 3 ký tự." in page.find(id="reason-loi").get_text()


def test_optional_fields_say_so_and_required_ones_do_not(sample):
    page = parse(sample)
    assert "không bắt buộc" in page.find("label", attrs={"for": "reason"}).get_text()
    assert "không bắt buộc" not in page.find("label", attrs={"for": "title"}).get_text()


def test_a_sort_link_keeps_the_filters_and_leaves_the_place_in_the_list(sample):
    head = parse(sample).find("th", attrs={"aria-sort": "ascending"})
    assert head.a["href"] == "/sample?sort=-due&status=open&group=xa"


def test_a_zero_never_shouts(sample):
    figure = parse(sample).find("a", href="/c")
    assert figure["class"] == ["figure"]


def test_the_coverage_bar_adds_up_and_says_it_in_words(sample):
    bar = parse(sample).find("svg", attrs={"aria-label": re.compile("^Toàn Thành phố")})
    assert "còn thiếu 1, cần 43" in bar["aria-label"]
    widths = [float(rect["width"].rstrip("%")) for rect in bar.find_all("rect")]
    assert sum(widths) == pytest.approx(float(bar.find(class_="target")["x1"].rstrip("%")), abs=0.05)


def test_every_icon_that_is_asked_for_exists(sample):
    drawn = set(re.findall(r'<symbol id="([^"]+)"', (ROOT / "inspect_app/static/icons.svg").read_text()))
    assert set(re.findall(r"icons\.svg#([\w-]+)", sample)) <= drawn
    named = set()
    for path in TEMPLATES.rglob("*.html"):
        named |= set(re.findall(r"""\bicon\(\s*["']([\w-]+)["']""", path.read_text()))
        named |= set(re.findall(r"""\bsign=["']([\w-]+)["']""", path.read_text()))
    assert named <= drawn


def test_every_behaviour_that_is_named_exists(sample):
    main = (ROOT / "inspect_app/static/js/main.js").read_text()
    known = set(re.findall(r'"([\w-]+)"', main.split("new Set([")[1].split("]")[0]))
    files = {path.stem for path in (ROOT / "inspect_app/static/js/behaviours").glob("*.js")}
    named = {
        word
        for node in parse(sample).find_all(attrs={"data-behaviour": True})
        for word in node["data-behaviour"].split()
    }
    assert named <= known <= files


@pytest.mark.parametrize("code", ERRORS)
def test_an_error_page_says_what_happened_what_is_kept_and_what_to_do(client, code):
    answer = client.get(f"/error/{code}")
    page = parse(answer.text)
    assert len(page.find_all("h1")) == 1
    section = page.find(class_="error-page")
    assert len(section.find_all("p")) >= 2
    assert section.find("a", class_="button")


def test_the_help_has_a_place_for_each_question(client):
    page = parse(client.get("/help").text)
    assert len(page.find_all("h1")) == 1
    assert all(section.find(id=section["aria-labelledby"]) for section in page.main.find_all("section"))
    assert "30% của 143 đơn vị là 43" in page.get_text()


def test_a_visitor_who_has_not_signed_in_is_offered_no_account(look_app):
    with look_app.test_request_context("/nowhere"):
        html = render_template("errors/404.html", current_user=SimpleNamespace(is_authenticated=False))
    links = {link.get("href") for link in parse(html).find_all("a")}
    assert not links & {"/search", "/notices", "/account", "/log"}
    assert "Đăng xuất" not in html


def test_a_stale_page_shows_what_changed_meanwhile(client):
    page = parse(client.get("/error/409").text)
    assert page.find("h1").get_text() == "Hồ sơ đã thay đổi sau khi bạn mở trang"
    assert "Trần Minh Đức" in page.find(class_="error-page").find("li").get_text()


@pytest.mark.parametrize("layout", ["base", "anonymous", "tablet", "wall"])
def test_every_layout_is_whole_without_anything_from_the_shell(look_app, layout):
    source = (
        '{% extends "layouts/'
        + layout
        + '.html" %}{% block title %}Trang{% endblock %}{% block content %}<h1>Trang</h1>{% endblock %}'
    )
    nothing = dict.fromkeys(
        ["navigation", "current_user", "search_url", "notices_url", "account_url", "sign_out_url", "as_of"]
    )
    with look_app.test_request_context("/"):
        page = parse(render_template_string(source, **nothing))
    assert page.html["lang"] == "vi"
    assert page.find("a", class_="skip")["href"] == "#noi-dung"
    assert page.find(id="noi-dung").name == "main"
    assert page.title.get_text() == "Trang – Kiểm tra CCHC"
