"""Settings: bounds, truth, and nobody overwriting somebody else."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from inspect_app.accounts.words import SETTING_GROUPS
from inspect_app.audit.models import AuditEntry
from inspect_app.db import db
from inspect_app.preferences import KNOWN, preference, set_preference
from tests.client import Client
from tests.conftest import NOW


def test_every_setting_has_its_place_on_the_page(admin: Client) -> None:
    assert sorted(name for _mark, _heading, names in SETTING_GROUPS for name in names) == sorted(KNOWN)
    page = admin.get("/settings")
    assert {field["name"] for field in page.select("main [name]")} >= set(KNOWN)
    assert "Công cụ tạo PDF" in page.text


def test_what_differs_is_stored_and_recorded_and_the_rest_left_alone(admin: Client) -> None:
    admin.submit("/settings", "/settings", task_days="20", coverage_counts_from="concluded")
    assert preference("task_days") == 20 and preference("coverage_counts_from") == "concluded"
    entries = list(db.session.scalars(select(AuditEntry).where(AuditEntry.action == "setting changed")))
    assert {entry.details["name"]: (entry.details["was"], entry.details["now"]) for entry in entries} == {
        "task_days": (15, 20),
        "coverage_counts_from": ("minutes_signed", "concluded"),
    }
    assert admin.get("/settings").select("input[name=task_days]")[0]["value"] == "20"


@pytest.mark.parametrize(
    ("name", "typed"),
    [
        ("task_days", "0"),
        ("task_days", "251"),
        ("task_days", "mười"),
        ("task_days", ""),
        ("site_name", " "),
        ("coverage_counts_from", "never"),
    ],
)
def test_what_is_out_of_bounds_changes_nothing(admin: Client, name: str, typed: str) -> None:
    page = admin.submit("/settings", "/settings", status=422, **{name: typed, "review_rounds": "3"})
    assert page.select(".error-summary")
    assert preference(name) == KNOWN[name].default and preference("review_rounds") == 2


def test_a_stale_page_overwrites_nobody(admin: Client) -> None:
    page = admin.get("/settings")
    set_preference("task_days", 30, at=NOW + timedelta(seconds=1))
    db.session.commit()
    typed = {**page.values(page.form("/settings")), "review_rounds": "3"}
    assert "vừa đổi cài đặt" in admin.post("/settings", typed, status=422).text
    assert preference("task_days") == 30 and preference("review_rounds") == 2
