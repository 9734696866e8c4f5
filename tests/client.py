"""A browser of sorts: fetches pages as a person and checks on every one what must hold on all of them."""

from typing import Any
from urllib.parse import urlsplit

from bs4 import BeautifulSoup, Tag
from flask import Flask, g, has_app_context
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from inspect_app import clock
from inspect_app.accounts.models import Person, SignIn
from inspect_app.db import db, new_id


class Page:
    """One answered page: its response and its parsed HTML."""

    def __init__(self, response: TestResponse) -> None:
        self.response = response
        self.status = response.status_code
        self.soup = BeautifulSoup(response.get_data(as_text=True), "html5lib")

    @property
    def text(self) -> str:
        return " ".join(self.soup.get_text(" ").split())

    @property
    def title(self) -> str:
        return self.soup.title.get_text(strip=True) if self.soup.title else ""

    @property
    def h1(self) -> str:
        return " ".join(self.soup.h1.get_text(" ").split()) if self.soup.h1 else ""

    def select(self, css: str) -> list[Tag]:
        return list(self.soup.select(css))

    def form(self, action: str) -> Tag:
        """The form whose action ends with `action`."""
        for form in self.soup.find_all("form"):
            if str(form.get("action", "")).split("?")[0].endswith(action):
                return form
        actions = [form.get("action") for form in self.soup.find_all("form")]
        raise AssertionError(f"No form posts to {action}; there are {actions}.")

    def values(self, form: Tag) -> dict[str, Any]:
        """What a browser would send of the form if nothing were typed."""
        found: dict[str, Any] = {}
        for field in form.select("input[name], textarea[name], select[name]"):
            name, kind = str(field["name"]), field.get("type")
            if kind in {"checkbox", "radio"} and not field.has_attr("checked"):
                continue
            if kind in {"submit", "file"}:
                continue
            if field.name == "select":
                chosen = field.select_one("option[selected]") or field.select_one("option")
                found[name] = chosen.get("value", "") if chosen else ""
            else:
                found[name] = field.get_text() if field.name == "textarea" else field.get("value", "")
        return found


def forget_request() -> None:
    """Takes away who is signed in, the token and the language: all requests of a test share its application context."""
    if has_app_context():
        for name in ("_login_user", "csrf_token", "_flask_babel"):
            g.pop(name, None)


class Browser(FlaskClient):
    """Begins every request without what the one before it has left behind."""

    def open(self, *args: Any, **kwargs: Any) -> TestResponse:
        forget_request()
        return super().open(*args, **kwargs)


class Client:
    """Signs in as a person, opens pages and submits their forms, with CSRF as a browser has it."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        self.http = Browser(app, app.response_class, use_cookies=True)

    def sign_in(self, person: Person) -> "Client":
        """A fresh browser in which this person is signed in."""
        other = Client(self.app)
        sign_in = SignIn(id=new_id(), person_id=person.id, started_at=clock.now())
        db.session.add(sign_in)
        db.session.commit()
        with other.http.session_transaction() as session:
            session["_user_id"] = str(sign_in.id)
            session["_fresh"] = True
            session["used"] = int(clock.now().timestamp())
        return other

    def get(self, path: str, *, status: int = 200, **query: Any) -> Page:
        """Opens a page; fails unless it answers with `status`, and checks it when it is HTML."""
        page = Page(self.http.get(path, query_string=query or None))
        assert page.status == status, f"GET {path} answered {page.status}, not {status}: {page.text[:400]}"
        if status == 200 and page.response.mimetype == "text/html":
            check_page(path, page)
        return page

    def submit(self, path: str, action: str, *, status: int = 303, **typed: Any) -> Page:
        """Opens the page, fills the form that posts to `action`, sends it; fails unless answered with `status`."""
        page = self.get(path)
        form = page.form(action)
        data = {**page.values(form), **typed}
        return self.post(str(form.get("action") or path), data, status=status)

    def post(self, path: str, data: dict[str, Any] | None = None, *, status: int = 303) -> Page:
        """Posts with a CSRF token of this browser's session."""
        response = self.http.post(path, data={"csrf_token": self.csrf(), **(data or {})})
        page = Page(response)
        assert page.status == status, f"POST {path} answered {page.status}, not {status}: {page.text[:600]}"
        return page

    def post_json(self, path: str, body: Any, *, status: int = 200) -> Any:
        response = self.http.post(path, json=body, headers={"X-CSRFToken": self.csrf()})
        assert response.status_code == status, f"POST {path} answered {response.status_code}: {response.text[:400]}"
        return response.get_json()

    def follow(self, page: Page) -> Page:
        """Opens the page that an answer redirects to."""
        where = urlsplit(page.response.headers["Location"])
        return self.get(where.path + (f"?{where.query}" if where.query else ""))

    def csrf(self) -> str:
        from flask_wtf.csrf import generate_csrf

        with self.http.session_transaction() as session:
            raw = session.get("csrf_token")
        forget_request()
        with self.app.test_request_context():
            from flask import session as inner

            if raw:
                inner["csrf_token"] = raw
            token = generate_csrf()
            raw = inner["csrf_token"]
        with self.http.session_transaction() as session:
            session["csrf_token"] = raw
        return token


def check_page(path: str, page: Page) -> None:
    """What every page must have: a title, one h1, unique ids, labelled fields, CSRF in every form."""
    assert page.title, f"{path} has no title"
    headings = page.select("h1")
    assert len(headings) == 1, f"{path} has {len(headings)} h1"
    ids = [tag["id"] for tag in page.select("[id]")]
    twice = {name for name in ids if ids.count(name) > 1}
    assert not twice, f"{path} uses these ids more than once: {sorted(twice)}"
    for field in page.select("input, select, textarea"):
        assert _is_labelled(page, field), f"{path}: a field without a label: {field}"
    for form in page.select("form"):
        if str(form.get("method", "get")).lower() == "post":
            assert form.select_one("input[name=csrf_token]"), f"{path}: a form without CSRF: {form.get('action')}"
    for tag in page.select("[style], [onclick], [onchange], [onsubmit]"):
        raise AssertionError(f"{path}: inline style or script: {tag}")
    for script in page.select("script:not([src]), style"):
        raise AssertionError(f"{path}: inline {script.name}")


def _is_labelled(page: Page, field: Tag) -> bool:
    if field.get("type") in {"hidden", "submit", "button"} or field.get("aria-label") or field.get("aria-labelledby"):
        return True
    if field.find_parent("label"):
        return True
    return bool(field.get("id") and page.soup.select_one(f'label[for="{field["id"]}"]'))
