"""`coverage` on the command line: JSON alone on stdout, with and without a stored plan."""

import json
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from flask import Flask

from inspect_app.audit.actions import SYSTEM_ACTOR
from inspect_app.commands.plans import coverage
from inspect_app.db import transaction
from inspect_app.inspections.rules import InspectionForm
from inspect_app.plans.actions import create_plan
from inspect_app.plans.models import PlanTarget
from inspect_app.units.models import Unit
from tests.makers import AT, make_inspection
from tests.plans.hanoi import put_hanoi

KEYS = [
    "target_pct",
    "denominator",
    "required",
    "required_effective",
    "done",
    "scheduled",
    "at_risk",
    "missing",
]


@pytest.fixture
def city(database: None) -> Unit:
    return put_hanoi()


def told(app: Flask, *arguments: str) -> dict[str, Any]:
    result = app.test_cli_runner().invoke(coverage, [*arguments, "--json"], catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


def test_the_coverage_of_ha_noi_has_the_shape_that_scripts_rely_on(app: Flask, city: Unit) -> None:
    found = told(app, "--unit", "HN", "--year", "2026", "--on", "2026-09-14")
    assert list(found) == ["unit", "year", "on", *KEYS, "groups"]
    assert [list(group) for group in found["groups"]] == [["group", *KEYS]] * 2
    assert (found["unit"], found["year"], found["on"], found["target_pct"]) == ("HN", 2026, "2026-09-14", 30)
    assert (found["denominator"], found["required"], found["required_effective"]) == (143, 43, 44)
    assert [(group["group"], group["denominator"], group["required"]) for group in found["groups"]] == [
        ("Sở, ban, ngành", 17, 6),
        ("UBND xã, phường", 126, 38),
    ]


def test_the_year_of_the_reorganisation_counts_the_units_of_its_first_of_january(app: Flask, city: Unit) -> None:
    found = told(app, "--unit", "HN", "--year", "2025", "--on", "31/12/2025")
    assert (found["denominator"], found["required"], found["required_effective"]) == (52, 16, 16)
    assert [group["required"] for group in found["groups"]] == [7, 9]


def test_a_stored_plan_brings_its_own_targets(app: Flask, city: Unit) -> None:
    with transaction():
        plan = create_plan(city, 2026, by=SYSTEM_ACTOR, at=AT, pct=Decimal("12.5"))
    assert told(app, "--unit", "HN", "--year", "2026")["required"] == 18
    PlanTarget.query.filter_by(plan_id=plan.id, group="Sở, ban, ngành").delete()
    assert told(app, "--unit", "HN", "--year", "2026")["denominator"] == 126


def test_a_past_day_shows_what_was_true_on_that_day(app: Flask, city: Unit) -> None:
    from inspect_app.inspections.actions import move_inspection, plan_inspection
    from inspect_app.units.queries import unit_by_code

    unit = Unit.query.filter_by(group="UBND xã, phường", valid_to=None).order_by(Unit.code).first()
    with transaction():
        visit = plan_inspection(
            inspector_id=unit_by_code("HN").id,
            unit=unit,
            year=2026,
            form=InspectionForm.THEMATIC,
            grounds="Chuyên đề",
            by=SYSTEM_ACTOR,
            at=AT.replace(month=3),
        )
        move_inspection(visit, "cancel", by=SYSTEM_ACTOR, at=AT.replace(month=8), reason="Trùng thanh tra")
    days = {
        day: told(app, "--unit", "HN", "--on", day)["scheduled"] for day in ("2026-02-01", "2026-05-01", "2026-09-01")
    }
    assert days == {"2026-02-01": 0, "2026-05-01": 1, "2026-09-01": 0}


def test_the_command_line_counts_unannounced_checks_as_well(app: Flask, city: Unit) -> None:
    unit = Unit.query.filter_by(group="UBND xã, phường", valid_to=None).order_by(Unit.code).first()
    make_inspection(unit, city, "planned", form=InspectionForm.UNANNOUNCED, starts_on=date(2026, 10, 1), ends_on=None)
    assert told(app, "--unit", "HN", "--year", "2026", "--on", "2026-09-14")["scheduled"] == 1


def test_an_unknown_unit_is_refused_in_one_sentence(app: Flask, city: Unit) -> None:
    result = app.test_cli_runner().invoke(coverage, ["--unit", "XX", "--json"])
    assert result.exit_code == 1 and result.stdout == ""
    assert "XX" in result.stderr


def test_a_wrong_day_is_a_mistake_in_the_call(app: Flask, city: Unit) -> None:
    assert app.test_cli_runner().invoke(coverage, ["--unit", "HN", "--on", "32/13/2026"]).exit_code == 2
