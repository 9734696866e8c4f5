from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inspect_app.calendars.rules import vietnam_calendar
from inspect_app.inspections.rules import InspectionForm, InspectionState
from inspect_app.moves import MoveNotAllowed, next_state
from inspect_app.plans.coverage import Basis, Coverage, as_json, forecast, measure
from inspect_app.plans.rules import (
    MOVES,
    CountsFrom,
    InspectionFacts,
    PlanFacts,
    PlanState,
    Target,
    UnitFacts,
    group_targets,
    require_pct,
    required,
)
from inspect_app.refusals import Refused
from inspect_app.units.rules import Change, ChangeKind, Successions, UnitKind
from tests.plans.hanoi import COMMUNES, DEPARTMENTS, DISTRICTS, hanoi_changes, hanoi_units, plan_of

# Every state and where each of its moves leads; what is not written here must be refused.
EXPECTED = {
    "draft": {"submit": "submitted"},
    "submitted": {"approve": "approved", "return": "returned"},
    "approved": {},
    "returned": {"submit": "submitted"},
}
NOTHING: Successions[str] = Successions([])
YEAR_END = date(2026, 12, 31)


@pytest.mark.parametrize("move", MOVES)
@pytest.mark.parametrize("state", PlanState)
def test_a_plan_goes_only_where_its_table_leads(state: PlanState, move: str) -> None:
    expected = EXPECTED[state].get(move)
    if expected is None:
        with pytest.raises(MoveNotAllowed):
            next_state(MOVES, state, move)
    else:
        assert next_state(MOVES, state, move) == expected


@pytest.mark.parametrize(
    ("units", "pct", "need"),
    [(143, "30", 43), (126, "30", 38), (17, "30", 6), (22, "30", 7), (30, "30", 9), (10, "30", 3), (0, "30", 0)]
    + [(3, "100", 3), (3, "0", 0), (3, "33.33", 1), (3, "33.34", 2), (1000, "0.1", 1)],
)
def test_a_target_is_rounded_up_to_a_whole_unit(units: int, pct: str, need: int) -> None:
    assert required(units, Decimal(pct)) == need


@pytest.mark.parametrize("pct", ["-1", "100.01", "NaN", "Infinity"])
def test_a_target_is_a_share_of_the_whole(pct: str) -> None:
    with pytest.raises(Refused):
        require_pct(Decimal(pct))
    require_pct(Decimal(100))


# Hà Nội, from the shipped units


def test_ha_noi_2026_needs_44_units_although_the_whole_alone_needs_43() -> None:
    coverage = measure(plan_of(2026), hanoi_units(), [], hanoi_changes(), date(2026, 9, 14))
    assert (coverage.whole.denominator, coverage.whole.required, coverage.whole.required_effective) == (143, 43, 44)
    assert [(group.name, group.denominator, group.required) for group in coverage.groups] == [
        (DEPARTMENTS, 17, 6),
        (COMMUNES, 126, 38),
    ]
    assert [(group.name, group.denominator, group.required) for group in coverage.outside] == [
        ("Cơ quan ngành dọc", 5, 0)
    ]


def test_ha_noi_2025_as_it_was_has_52_units_and_needs_16() -> None:
    coverage = measure(plan_of(2025), hanoi_units(), [], hanoi_changes(), date(2025, 12, 31))
    assert (coverage.whole.denominator, coverage.whole.required, coverage.whole.required_effective) == (52, 16, 16)
    assert [(group.name, group.denominator, group.required) for group in coverage.groups] == [
        (DEPARTMENTS, 22, 7),
        (DISTRICTS, 30, 9),
    ]


def test_ha_noi_2025_as_it_is_has_143_units_of_which_one_commune_has_no_predecessor() -> None:
    coverage = measure(plan_of(2025), hanoi_units(), [], hanoi_changes(), date(2025, 12, 31), basis=Basis.AS_IS)
    assert [(group.name, group.denominator) for group in coverage.groups] == [(DEPARTMENTS, 17), (COMMUNES, 126)]
    assert coverage.whole.denominator == 143
    assert coverage.without_predecessor == ("HN-X00340",)


def test_as_it_is_counts_what_the_dissolved_districts_inspected_and_as_it_was_does_not() -> None:
    units, changes = hanoi_units(), hanoi_changes()
    old = next(
        unit for unit in units if unit.group == "UBND xã, phường, thị trấn" and changes.main_chain(unit.code, YEAR_END)
    )
    assert old.parent_code is not None
    checks = [signed(old.code, date(2025, 4, 8), inspector=old.parent_code, year=2025)]
    on = date(2025, 12, 31)
    assert measure(plan_of(2025), units, checks, changes, on).whole.done == 0
    as_is = measure(plan_of(2025), units, checks, changes, on, basis=Basis.AS_IS)
    assert as_is.whole.done_units == changes.main_chain(old.code, on)


def test_two_merged_departments_cover_their_successor_once() -> None:
    checks = [
        signed("HN-STNMT", date(2025, 1, 15), inspector="HN", year=2025),
        signed("HN-SNNPTNT", date(2025, 2, 12), inspector="HN", year=2025),
    ]
    on = date(2025, 12, 31)
    as_was = measure(plan_of(2025), hanoi_units(), checks, hanoi_changes(), on)
    assert as_was.whole.done_units == ("HN-SNNPTNT", "HN-STNMT")
    as_is = measure(plan_of(2025), hanoi_units(), checks, hanoi_changes(), on, basis=Basis.AS_IS)
    assert as_is.whole.done_units == ("HN-SNNMT",)


def test_the_coverage_of_a_merged_department_passes_to_the_counted_successor() -> None:
    checks = [signed("HN-SGTVT", date(2025, 1, 15), inspector="HN", year=2025)]
    before = measure(plan_of(2025), hanoi_units(), checks, hanoi_changes(), date(2025, 2, 28))
    after = measure(plan_of(2025), hanoi_units(), checks, hanoi_changes(), date(2025, 3, 1))
    assert before.whole.done_units == ("HN-SGTVT",)
    assert after.whole.done_units == ("HN-SXD",)


# A small made-up province


def units_named(*codes: str, group: str = "A", **fields: date | None) -> list[UnitFacts]:
    return [UnitFacts(code, UnitKind.SO, group, parent_code="P", **fields) for code in codes]  # type: ignore[arg-type]


def signed(
    code: str,
    day: date,
    *,
    inspector: str = "P",
    year: int = 2026,
    form: InspectionForm = InspectionForm.PERIODIC,
    state: InspectionState = InspectionState.MINUTES_SIGNED,
    concluded_on: date | None = None,
) -> InspectionFacts:
    return InspectionFacts(code, inspector, year, state, form, signed_on=day, concluded_on=concluded_on)


def promised(code: str, state: InspectionState = InspectionState.PLANNED, **fields: object) -> InspectionFacts:
    return InspectionFacts(code, "P", 2026, state, **fields)  # type: ignore[arg-type]


def plan(**fields: object) -> PlanFacts:
    return PlanFacts("P", 2026, **{"targets": group_targets(["A", "B"]), **fields})  # type: ignore[arg-type]


def count(
    inspections: list[InspectionFacts],
    units: list[UnitFacts] | None = None,
    on: date = YEAR_END,
    of: PlanFacts | None = None,
    changes: Successions[str] = NOTHING,
    basis: Basis = Basis.AS_WAS,
) -> Coverage:
    return measure(of or plan(), units or units_named("a", "b", "c", "d"), inspections, changes, on, basis=basis)


def test_a_unit_is_covered_from_the_day_its_minutes_are_signed() -> None:
    checks = [signed("a", date(2026, 5, 4))]
    assert count(checks, on=date(2026, 5, 3)).whole.done_units == ()
    assert count(checks, on=date(2026, 5, 4)).whole.done_units == ("a",)


def test_looking_back_a_check_signed_later_was_still_scheduled() -> None:
    assert count([signed("a", date(2026, 5, 4))], on=date(2026, 5, 3)).whole.scheduled_units == ("a",)


def test_a_unit_counted_twice_counts_once() -> None:
    checks = [signed("a", date(2026, 5, 4)), signed("a", date(2026, 8, 4)), promised("a")]
    whole = count(checks).whole
    assert (whole.done_units, whole.scheduled_units) == (("a",), ())


@pytest.mark.parametrize("form", InspectionForm)
def test_every_form_of_check_counts_but_the_desk_review(form: InspectionForm) -> None:
    assert count([signed("a", date(2026, 5, 4), form=form)]).whole.done == (form is not InspectionForm.DESK)
    assert count([promised("a", form=form)]).whole.scheduled == (form is not InspectionForm.DESK)
    every = plan(counted_forms=frozenset(InspectionForm))
    assert count([signed("a", date(2026, 5, 4), form=form)], of=every).whole.done == 1


def test_a_cancelled_check_a_check_of_another_year_and_one_by_another_body_do_not_count() -> None:
    may = date(2026, 5, 4)
    checks = [
        signed("a", may, state=InspectionState.CANCELLED),
        signed("b", date(2025, 12, 30), year=2026),
        signed("c", may, inspector="Q"),
    ]
    assert count(checks).whole.done_units == ()
    assert count(checks).whole.scheduled_units == ()


@pytest.mark.parametrize("state", InspectionState)
def test_a_check_between_planned_and_field_done_or_postponed_is_scheduled(state: InspectionState) -> None:
    counted = {"planned", "scheduled", "notified", "in_progress", "field_done", "postponed"}
    assert count([promised("a", state)]).whole.scheduled == (state in counted)


def test_a_plan_may_count_from_the_conclusion_and_holds_signed_checks_as_scheduled_until_then() -> None:
    late = plan(counts_from=CountsFrom.CONCLUSION)
    checks = [signed("a", date(2026, 5, 4), state=InspectionState.CONCLUDED, concluded_on=date(2026, 6, 1))]
    before, after = count(checks, of=late, on=date(2026, 5, 31)), count(checks, of=late, on=date(2026, 6, 1))
    assert (before.whole.done, before.whole.scheduled) == (0, 1)
    assert (after.whole.done, after.whole.scheduled) == (1, 0)


def test_at_risk_is_the_part_of_scheduled_whose_date_passed_or_that_was_postponed_twice() -> None:
    on = date(2026, 9, 14)
    checks = [
        promised("a", starts_on=date(2026, 9, 10), ends_on=date(2026, 9, 11)),
        promised("b", starts_on=date(2026, 9, 11), ends_on=on),
        promised("c", postponed_count=2),
        promised("d", postponed_count=1),
    ]
    whole = count(checks, on=on).whole
    assert whole.scheduled_units == ("a", "b", "c", "d")
    assert whole.at_risk_units == ("a", "c")


def test_a_unit_with_one_sound_check_is_not_at_risk_for_another_in_doubt() -> None:
    checks = [promised("a", postponed_count=2), promised("a", starts_on=date(2026, 12, 1))]
    assert count(checks, on=date(2026, 9, 14)).whole.at_risk_units == ()


def test_missing_is_what_is_needed_and_neither_done_nor_scheduled_and_never_below_zero() -> None:
    units = units_named(*(f"a{n}" for n in range(10)))
    assert count([], units).whole.missing == 3
    assert count([signed("a1", date(2026, 5, 4)), promised("a2")], units).whole.missing == 1
    many = [promised(f"a{n}") for n in range(9)]
    assert count(many, units).whole.missing == 0
    assert count(many, units).whole.open_units == ("a9",)


def test_a_group_that_falls_short_is_missing_although_the_whole_is_reached() -> None:
    units = units_named("a1", "a2", "a3") + units_named("b1", "b2", "b3", group="B")
    coverage = count([signed("a1", date(2026, 5, 4)), signed("a2", date(2026, 5, 4))], units)
    assert (coverage.whole.required, coverage.whole.required_effective, coverage.whole.missing) == (2, 2, 0)
    assert [group.missing for group in coverage.groups] == [0, 1]
    assert coverage.missing_effective == 1


def test_units_left_out_by_decision_and_units_of_others_are_not_counted() -> None:
    units = [*units_named("a", "b"), UnitFacts("q", UnitKind.SO, "A", parent_code="Q")]
    coverage = count([], units, of=plan(excluded=frozenset({"b"})))
    assert coverage.whole.units == ("a",)


def test_central_agencies_on_the_territory_count_where_a_target_names_them() -> None:
    units = [*units_named("a"), UnitFacts("t", UnitKind.NGANH_DOC, "Ngành dọc", coordinated_by="P")]
    assert count([], units).whole.units == ("a",)
    assert [group.units for group in count([], units).outside] == [("t",)]
    named = plan(
        targets=(*group_targets(["A"]), Target("Ngành dọc", Decimal(30), kinds=frozenset({UnitKind.NGANH_DOC})))
    )
    assert count([], units, of=named).whole.units == ("a", "t")


def test_without_targets_every_assigned_unit_is_counted() -> None:
    units = [*units_named("a"), *units_named("z", group="Z")]
    coverage = count([], units, of=plan(targets=()))
    assert (coverage.whole.units, coverage.groups, coverage.outside) == (("a", "z"), (), ())


def test_a_plan_may_name_another_day_for_its_denominator() -> None:
    units = [*units_named("a", valid_to=date(2026, 6, 30)), *units_named("b", valid_from=date(2026, 7, 1))]
    assert count([], units).whole.units == ("a",)
    assert count([], units, of=plan(denominator_on=date(2026, 7, 1))).whole.units == ("b",)


def change(day: date, old: str, new: str | None, kind: ChangeKind = ChangeKind.MERGE, main: bool = True) -> Change[str]:
    return Change(day, old, new, main and new is not None, kind)


JULY = date(2026, 7, 1)


def test_a_rename_changes_nothing_whether_the_check_came_before_or_after_it() -> None:
    units = [
        *units_named("old", valid_to=date(2026, 6, 30)),
        *units_named("new", valid_from=JULY),
        *units_named("b", "c"),
    ]
    changes = Successions([change(JULY, "old", "new", ChangeKind.RENAME)])
    for checks in ([signed("old", date(2026, 5, 4))], [signed("new", date(2026, 8, 4))]):
        was, now = (count(checks, units, changes=changes, basis=basis) for basis in Basis)
        assert (was.whole.denominator, was.whole.done_units) == (3, ("old",))
        assert (now.whole.denominator, now.whole.done_units) == (3, ("new",))
    planned = [promised("new")]
    assert count(planned, units, changes=changes).whole.scheduled_units == ("old",)


def test_a_divided_unit_passes_its_coverage_to_the_main_successor_only() -> None:
    units = [
        *units_named("old", valid_to=date(2026, 6, 30)),
        *units_named("part", "main", valid_from=JULY),
    ]
    split = ChangeKind.SPLIT
    changes = Successions([change(JULY, "old", "part", split, main=False), change(JULY, "old", "main", split)])
    now = count([signed("old", date(2026, 5, 4))], units, changes=changes, basis=Basis.AS_IS)
    assert now.whole.done_units == ("main",)
    assert now.without_predecessor == ("part",)


@st.composite
def reorganisations(draw: st.DrawFn) -> tuple[list[UnitFacts], Successions[str], list[InspectionFacts]]:
    """Up to six old units, some of which end in July and pass to new or remaining ones, and checks at any time."""
    old = [f"o{n}" for n in range(draw(st.integers(1, 6)))]
    gone = draw(st.lists(st.sampled_from(old), unique=True))
    new = [f"n{n}" for n in range(draw(st.integers(0, 4)))]
    heirs = [code for code in old if code not in gone] + new
    lines = []
    for code in gone:
        chosen = draw(st.lists(st.sampled_from(heirs), unique=True, max_size=3)) if heirs else []
        lines += [change(JULY, code, heir, ChangeKind.SPLIT, main=not place) for place, heir in enumerate(chosen)]
        lines += [] if chosen else [change(JULY, code, None, ChangeKind.DISSOLVE)]
    units = [
        *units_named(*(code for code in old if code not in gone)),
        *units_named(*gone, valid_to=date(2026, 6, 30)),
        *units_named(*new, valid_from=JULY),
    ]
    spring = st.dates(date(2026, 1, 1), date(2026, 6, 30))
    checks = draw(st.lists(st.builds(signed, st.sampled_from(old), spring), max_size=8))
    return units, Successions(lines), checks


@settings(deadline=None)
@given(reorganisations())
def test_after_a_merger_or_a_division_covered_never_grows(
    world: tuple[list[UnitFacts], Successions[str], list[InspectionFacts]],
) -> None:
    units, changes, checks = world
    for basis in Basis:
        before = count(checks, units, on=date(2026, 6, 30), changes=changes, basis=basis)
        after = count(checks, units, on=JULY, changes=changes, basis=basis)
        assert after.whole.done <= before.whole.done
        assert set(after.whole.done_units) <= set(after.whole.units)


@settings(deadline=None)
@given(reorganisations(), st.dates(date(2026, 1, 1), YEAR_END))
def test_the_figures_of_any_plan_fit_together(
    world: tuple[list[UnitFacts], Successions[str], list[InspectionFacts]], on: date
) -> None:
    units, changes, checks = world
    for basis in Basis:
        coverage = count(checks, units, on=on, changes=changes, basis=basis)
        for figures in (coverage.whole, *coverage.groups):
            assert not set(figures.done_units) & set(figures.scheduled_units)
            assert set(figures.at_risk_units) <= set(figures.scheduled_units) <= set(figures.units)
            assert figures.done + figures.scheduled + len(figures.open_units) == figures.denominator
            assert figures.required <= figures.required_effective <= figures.denominator


def test_the_command_prints_exactly_the_named_figures() -> None:
    units = [*units_named("a1", "a2", "a3", "a4"), *units_named("b1", group="B")]
    checks = [signed("a1", date(2026, 5, 4)), promised("a2", postponed_count=2)]
    assert as_json(count(checks, units, on=date(2026, 9, 14))) == {
        "unit": "P",
        "year": 2026,
        "on": "2026-09-14",
        "target_pct": 30,
        "denominator": 5,
        "required": 2,
        "required_effective": 3,
        "done": 1,
        "scheduled": 1,
        "at_risk": 1,
        "missing": 0,
        "groups": [
            {
                "group": "A",
                "target_pct": 30,
                "denominator": 4,
                "required": 2,
                "required_effective": 2,
                "done": 1,
                "scheduled": 1,
                "at_risk": 1,
                "missing": 0,
            },
            {
                "group": "B",
                "target_pct": 30,
                "denominator": 1,
                "required": 1,
                "required_effective": 1,
                "done": 0,
                "scheduled": 0,
                "at_risk": 0,
                "missing": 1,
            },
        ],
    }


def test_a_share_that_is_no_whole_number_is_printed_as_it_is() -> None:
    assert as_json(count([], of=plan(overall_pct=Decimal("33.5"))))["target_pct"] == 33.5
    assert as_json(count([], of=plan(overall_pct=None)))["target_pct"] is None


# Forecast


def hanoi_like(done: int, sure: int, at_risk: int) -> Coverage:
    units = units_named(*(f"a{n:03}" for n in range(143)))
    checks = [signed(f"a{n:03}", date(2026, 5, 4)) for n in range(done)]
    checks += [promised(f"a{n:03}") for n in range(done, done + sure)]
    checks += [promised(f"a{n:03}", postponed_count=2) for n in range(done + sure, done + sure + at_risk)]
    return count(checks, units, on=date(2026, 9, 14))


def test_the_forecast_is_a_middle_within_a_range() -> None:
    calendar, on = vietnam_calendar(), date(2026, 9, 14)
    expected = forecast(hanoi_like(27, 11, 4).whole, calendar, on, 2026)
    assert (expected.low, expected.middle, expected.high, expected.short_by) == (38, 40, 42, 3)
    doubtful = forecast(hanoi_like(27, 11, 4).whole, calendar, on, 2026, kept=8, missed=2)
    assert (doubtful.low, doubtful.middle, doubtful.high) == (35, 37, 42)
    slow = forecast(hanoi_like(3, 11, 0).whole, calendar, on, 2026)
    assert (slow.low, slow.middle, slow.high) == (4, 14, 14)
    over = forecast(hanoi_like(27, 11, 4).whole, calendar, YEAR_END, 2026)
    assert (over.low, over.middle, over.high, over.short_by) == (27, 27, 27, 16)


@settings(deadline=None)
@given(
    st.integers(0, 40),
    st.integers(0, 40),
    st.integers(0, 20),
    st.integers(0, 9),
    st.integers(0, 9),
    st.dates(date(2025, 6, 1), date(2027, 3, 1)),
)
def test_the_middle_never_leaves_the_range(
    done: int, sure: int, at_risk: int, kept: int, missed: int, on: date
) -> None:
    figures = hanoi_like(done, sure, at_risk).whole
    expected = forecast(figures, vietnam_calendar(), on, 2026, kept=kept, missed=missed)
    assert done <= expected.low <= expected.middle <= expected.high <= done + sure + at_risk
