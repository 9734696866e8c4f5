"""The page of days off and days worked."""

import pytest
from sqlalchemy import select

from inspect_app.calendars.models import DayOverride
from inspect_app.db import db
from inspect_app.permissions import Role
from tests.client import Client
from tests.makers import make_city, make_officer


@pytest.fixture
def admin(client: Client) -> Client:
    return client.sign_in(make_officer(Role.ADMIN, make_city()))


def test_a_decision_is_entered_shown_and_removed(admin: Client) -> None:
    page = admin.submit("/holidays", "/holidays", day="15/9/2026", works="off", reason="Công văn số 1/UBND")
    shown = admin.follow(page)
    assert "Công văn số 1/UBND" in shown.text and "Đã ghi quyết định cho ngày 15/09/2026" in shown.text
    removal = str(shown.select('form[action$="/removal"]')[0]["action"])
    admin.post(removal)
    assert not db.session.scalars(select(DayOverride)).all()
    admin.post(removal, status=404)


def test_mistakes_come_back_with_words_and_what_was_typed(admin: Client) -> None:
    for day, words in (("31/02/2026", "không phải là ngày"), ("19/09/2026", "vốn đã là ngày nghỉ"), ("", "Cần điền")):
        page = admin.submit("/holidays", "/holidays", status=422, day=day, works="off", reason="Công văn")
        assert words in page.text
        assert page.select("input[name=reason]")[0]["value"] == "Công văn"


def test_any_year_can_be_looked_at_and_a_wild_one_is_this_year(admin: Client) -> None:
    assert admin.get("/holidays", year=2025).h1 == "Ngày nghỉ năm 2025"
    for wild in ("1", "99999", "năm nay"):
        assert admin.get("/holidays", year=wild).h1 == "Ngày nghỉ năm 2026"
