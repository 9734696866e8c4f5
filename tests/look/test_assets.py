"""Static files: one address per content, kept for a year, compressed, and nothing outside the folder."""

import gzip
import re
from pathlib import Path

import pytest
from flask import Flask, session

from inspect_app import assets
from inspect_app.assets import Assets, asset_url, asset_urls
from inspect_app.config import ROOT
from inspect_app.webfonts import WEB_FONTS
from tests.look.conftest import make_app


@pytest.fixture
def url(look_app):
    with look_app.test_request_context("/"):
        yield asset_url


def test_a_file_is_kept_for_a_year_under_the_address_of_its_content(client, url):
    answer = client.get(url("js/main.js"))
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert answer.content_type == "text/javascript; charset=utf-8"


def test_an_address_from_before_the_last_release_answers_but_is_not_kept(client):
    answer = client.get("/static/000000000000/js/main.js")
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-cache"


def test_a_browser_that_has_the_file_gets_no_bytes(client, url):
    etag = client.get(url("icons.svg")).headers["ETag"]
    again = client.get(url("icons.svg"), headers={"If-None-Match": etag})
    assert (again.status_code, again.data) == (304, b"")


def test_a_file_says_nothing_about_the_session_of_who_asked():
    app = make_app()
    app.before_request(lambda: session.update(used=1))
    answer = app.test_client().get("/static/000000000000/js/main.js")
    assert "Cookie" not in answer.headers["Vary"]
    assert "Set-Cookie" not in answer.headers
    assert "Set-Cookie" in app.test_client().get("/help").headers


def test_text_goes_out_compressed_to_whoever_can_read_it(client, url):
    plain = client.get(url("css/app.css"))
    small = client.get(url("css/app.css"), headers={"Accept-Encoding": "gzip"})
    assert gzip.decompress(small.data) == plain.data
    assert len(small.data) < len(plain.data) / 3
    assert "Accept-Encoding" in small.headers["Vary"]
    assert small.headers["ETag"] != plain.headers["ETag"]


@pytest.mark.parametrize("path", ["../assets.py", "..%2fassets.py", "css/../../assets.py", "nothing.js", "css", ""])
def test_only_known_files_are_ever_sent(client, path):
    assert client.get(f"/static/000000000000/{path}").status_code == 404


def test_the_sheet_holds_every_sheet_and_names_only_files_that_exist(client, url):
    sheet = client.get(url("css/app.css")).text
    for path in (ROOT / "inspect_app/static/css").rglob("*.css"):
        assert path.read_text() in sheet, path
    assert "data:" not in sheet
    for wanted in re.findall(r'url\("\.\./([^"]+)"\)', sheet):
        assert client.get(url(wanted)).status_code == 200, wanted


def test_every_class_of_colour_comes_from_the_tokens():
    tokens = set(re.findall(r"(--[\w-]+):", (ROOT / "inspect_app/static/css/tokens.css").read_text()))
    for path in (ROOT / "inspect_app/static/css").rglob("*.css"):
        assert set(re.findall(r"var\((--[\w-]+)", path.read_text())) <= tokens, path


@pytest.mark.parametrize("name", WEB_FONTS)
def test_fonts_are_cut_down_to_what_is_needed_and_come_out_the_same_every_time(client, url, name):
    font = client.get(url(name))
    assert font.content_type == "font/woff"
    assert font.data[:4] == b"wOFF"
    assert len(font.data) < 40_000
    assert Assets(assets.FOLDER).find(name).etag == Assets(assets.FOLDER).find(name).etag


def test_a_font_that_is_not_installed_is_simply_absent(client, url, monkeypatch):
    monkeypatch.setattr("inspect_app.webfonts.importlib.import_module", _missing)
    fresh = Assets(assets.FOLDER)
    assert fresh.find("fonts/inter-figures.woff") is None
    assert not [name for name in fresh.names() if name.startswith("fonts/")]


def _missing(name: str) -> None:
    raise ImportError(name)


def test_the_hash_follows_the_content_of_any_file(tmp_path: Path):
    (tmp_path / "a.js").write_text("1")
    first = Assets(tmp_path)
    first.refresh()
    (tmp_path / "a.js").write_text("2")
    second = Assets(tmp_path)
    second.refresh()
    assert first.version != second.version


def test_while_developing_a_changed_file_shows_at_once(tmp_path: Path):
    (tmp_path / "a.js").write_text("1")
    watched, fixed = Assets(tmp_path, watch=True), Assets(tmp_path)
    assert watched.find("a.js").body == fixed.find("a.js").body == b"1"
    (tmp_path / "a.js").write_text("22")
    watched._looked = -10.0
    assert watched.find("a.js").body == b"22"
    assert fixed.find("a.js").body == b"1"


def test_the_tablet_can_list_what_it_keeps(look_app: Flask):
    with look_app.test_request_context("/"):
        kept = asset_urls("css/app.css", "js/behaviours/")
    assert any(address.endswith("/css/app.css") for address in kept)
    assert any(address.endswith("/js/behaviours/dialog.js") for address in kept)
    assert not any(address.endswith("/icons.svg") for address in kept)


def test_addresses_hold_under_a_path_of_its_own(look_app: Flask):
    with look_app.test_request_context("/x", environ_overrides={"SCRIPT_NAME": "/inspect"}):
        assert asset_url("icons.svg").startswith("/inspect/static/")
