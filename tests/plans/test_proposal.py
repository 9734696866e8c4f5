from datetime import date
from decimal import Decimal

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from inspect_app.plans.proposal import Candidate, Pick, ReasonCode, propose, reasons_for

never = Candidate("never", "A", founded_on=date(2025, 7, 1), last_index=Decimal("74.90"))
long_ago = Candidate("long_ago", "A", last_inspected_on=date(2021, 5, 4), last_index=Decimal("61.40"))
last_year = Candidate("last_year", "A", last_inspected_on=date(2025, 5, 4), last_index=Decimal("90.00"))
late = Candidate("late", "A", last_inspected_on=date(2024, 5, 4), overdue_tasks=10)


def told(pick: Pick) -> list[tuple[str, dict[str, object]]]:
    return [(reason.code.value, dict(reason.facts)) for reason in pick.reasons]


def test_units_are_proposed_in_the_order_of_what_speaks_for_them() -> None:
    picks = propose([last_year, late, long_ago, never], {"A": 4}, 2026)
    assert [pick.code for pick in picks] == ["never", "late", "long_ago", "last_year"]


def test_every_pick_states_its_reasons_as_data() -> None:
    picks = {pick.code: told(pick) for pick in propose([last_year, late, long_ago, never], {"A": 4}, 2026)}
    assert picks == {
        "never": [("never_since_founded", {"month": "7/2025"})],
        "long_ago": [("years_since", {"years": 5}), ("lowest_index", {"index": Decimal("61.40")})],
        "late": [("years_since", {"years": 2}), ("overdue_tasks", {"count": 10})],
        "last_year": [("checked_last_year", {"year": 2025})],
    }


def test_a_reason_fills_its_sentence() -> None:
    reason = reasons_for(never, 2026)[0]
    assert reason.code.label % reason.facts == "Chưa kiểm tra từ khi thành lập (7/2025)"
    assert ReasonCode.LOW_INDEX.label % {"index": "61,40"} == "Chỉ số năm trước 61,40%"


def test_each_group_is_filled_to_what_it_misses_and_no_further() -> None:
    others = [Candidate(f"b{n}", "B") for n in range(5)]
    picks = propose([never, long_ago, late, *others], {"A": 1, "B": 2}, 2026)
    assert [pick.code for pick in picks] == ["never", "b0", "b1"]


def test_the_whole_is_filled_from_the_best_of_the_rest() -> None:
    picks = propose([never, long_ago, late, last_year], {"A": 1}, 2026, missing_in_all=3)
    assert [pick.code for pick in picks] == ["never", "late", "long_ago"]


def test_a_group_that_no_target_names_is_not_proposed() -> None:
    assert propose([Candidate("t", "Ngành dọc")], {"A": 3}, 2026, missing_in_all=3) == ()


def test_too_few_candidates_give_fewer_picks() -> None:
    assert len(propose([never], {"A": 3}, 2026)) == 1


candidates = st.lists(
    st.builds(
        Candidate,
        code=st.text("abcdef", min_size=1, max_size=4),
        group=st.sampled_from("AB"),
        last_inspected_on=st.none() | st.dates(date(2010, 1, 1), date(2026, 12, 31)),
        last_index=st.none() | st.decimals(0, 100, places=2),
        overdue_tasks=st.integers(0, 30),
    ),
    unique_by=lambda unit: unit.code,
)


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(candidates, st.randoms(use_true_random=False), st.integers(0, 5), st.integers(0, 5))
def test_the_same_facts_give_the_same_proposal_in_whatever_order_they_come(
    units: list[Candidate], random: object, a: int, b: int
) -> None:
    shuffled = list(units)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    picks = propose(units, {"A": a, "B": b}, 2026)
    assert picks == propose(shuffled, {"A": a, "B": b}, 2026)
    assert all(pick.reasons for pick in picks)
    assert sum(pick.group == "A" for pick in picks) == min(a, sum(unit.group == "A" for unit in units))
