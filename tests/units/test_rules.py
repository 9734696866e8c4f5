import unicodedata
from dataclasses import dataclass
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inspect_app.units.rules import (
    Change,
    ChangeKind,
    Successions,
    UnitKind,
    ended,
    fold,
    in_force,
    kinds_of,
    owner_of,
    successors,
)

MERGE, SPLIT, RENAME, DISSOLVE = ChangeKind.MERGE, ChangeKind.SPLIT, ChangeKind.RENAME, ChangeKind.DISSOLVE
SPRING, SUMMER, LATER = date(2025, 3, 1), date(2025, 7, 1), date(2026, 1, 1)


@dataclass(frozen=True)
class Unit:
    valid_from: date | None = None
    valid_to: date | None = None


def passes(day: date, from_code: str, to_code: str | None, kind: ChangeKind = MERGE, main: bool = True) -> Change[str]:
    return Change(day, from_code, to_code, main and to_code is not None, kind)


def test_a_unit_is_in_force_on_both_days_of_its_validity_and_not_outside() -> None:
    unit = Unit(date(2025, 3, 1), date(2025, 6, 30))
    assert [in_force(unit, day) for day in (date(2025, 2, 28), date(2025, 3, 1))] == [False, True]
    assert [in_force(unit, day) for day in (date(2025, 6, 30), date(2025, 7, 1))] == [True, False]
    assert in_force(Unit(), date(1900, 1, 1))
    assert not ended(unit, date(2025, 6, 30))
    assert ended(unit, date(2025, 7, 1))
    assert not ended(unit, date(2025, 1, 1))


def test_successors_are_followed_through_every_change_up_to_the_day() -> None:
    changes = [passes(SPRING, "a", "b"), passes(SUMMER, "b", "c", SPLIT), passes(SUMMER, "b", "d", SPLIT, main=False)]
    assert successors("a", changes, date(2025, 2, 28)).all == ()
    assert successors("a", changes, SPRING).all == ("b",)
    assert successors("a", changes, LATER).all == ("c", "d")
    assert successors("a", changes, LATER).main == "c"


def test_a_dissolved_unit_leads_to_nobody() -> None:
    changes = Successions([passes(SUMMER, "district", None, DISSOLVE)])
    assert successors("district", changes, LATER).all == ()
    assert successors("district", changes, LATER).main is None
    assert changes.ended_without_heir("district", LATER)
    assert not changes.ended_without_heir("district", SPRING)


def test_changes_that_run_in_a_circle_come_to_an_end() -> None:
    circle = Successions([passes(SPRING, "a", "b"), passes(SPRING, "b", "a")])
    assert circle.main_chain("a", LATER) == ("b", "a")
    assert circle.heirs("a", LATER).all == ()
    assert circle.main_predecessors("a", LATER) == {"b"}
    renames = Successions([passes(SPRING, "a", "b", RENAME), passes(SPRING, "b", "a", RENAME)])
    assert renames.renamed_from("a", LATER) == ("b", "a")


def test_work_belongs_to_the_unit_while_it_exists_then_to_its_main_successor() -> None:
    units = {"old": Unit(None, date(2025, 6, 30)), "new": Unit(SUMMER), "part": Unit(SUMMER)}
    changes = [passes(SUMMER, "old", "part", SPLIT, main=False), passes(SUMMER, "old", "new", SPLIT)]
    assert owner_of("old", units, changes, date(2025, 6, 30)) == "old"
    assert owner_of("old", units, changes, SUMMER) == "new"
    assert owner_of("new", units, changes, LATER) == "new"


def test_work_of_a_dissolved_unit_has_no_owner() -> None:
    units = {"district": Unit(None, date(2025, 6, 30))}
    assert owner_of("district", units, [passes(SUMMER, "district", None, DISSOLVE)], LATER) is None


def test_a_unit_knows_everything_that_it_took_over_as_main_successor() -> None:
    changes = Successions(
        [passes(SPRING, "a", "b"), passes(SUMMER, "b", "c"), passes(SUMMER, "x", "c", SPLIT, main=False)]
    )
    assert changes.main_predecessors("c", LATER) == {"a", "b"}
    assert changes.main_predecessors("c", SPRING) == set()


def test_a_renamed_unit_knows_its_earlier_names() -> None:
    changes = Successions([passes(SPRING, "a", "b", RENAME), passes(SUMMER, "b", "c", RENAME)])
    assert changes.renamed_from("c", LATER) == ("b", "a")
    assert changes.renamed_from("c", SPRING) == ()


@settings(deadline=None)
@given(st.lists(st.tuples(st.integers(0, 6), st.integers(0, 6), st.booleans()), max_size=20))
def test_any_tangle_of_changes_has_an_answer(lines: list[tuple[int, int, bool]]) -> None:
    changes = Successions([passes(SPRING, str(one), str(other), main=main) for one, other, main in lines])
    for code in map(str, range(7)):
        heirs = changes.heirs(code, LATER)
        assert code not in heirs.all
        assert code not in changes.main_predecessors(code, LATER)
        changes.main_chain(code, LATER)


def test_the_classes_of_a_rubric_mean_the_kinds_that_the_data_names() -> None:
    assert kinds_of(["xa"]) == {UnitKind.XA, UnitKind.PHUONG, UnitKind.THI_TRAN, UnitKind.DAC_KHU}
    assert kinds_of(["huyen", "so"]) == {UnitKind.QUAN, UnitKind.HUYEN, UnitKind.THI_XA, UnitKind.SO}
    assert kinds_of([]) == set()
    with pytest.raises(KeyError):
        kinds_of(["planet"])


@pytest.mark.parametrize(
    ("written", "folded"),
    [
        ("Đường Lâm", "duong lam"),
        ("đặc khu Phú Quốc", "dac khu phu quoc"),
        ("UBND phường Ô Chợ Dừa", "ubnd phuong o cho dua"),
        ("  Văn  Miếu -  Quốc Tử Giám ", "van mieu - quoc tu giam"),
        ("ỦY BAN NHÂN DÂN XÃ ĐOÀI PHƯƠNG", "uy ban nhan dan xa doai phuong"),
    ],
)
def test_search_folds_accents_and_d_in_every_spelling(written: str, folded: str) -> None:
    for form in ("NFC", "NFD", "NFKC", "NFKD"):
        assert fold(unicodedata.normalize(form, written)) == folded
    assert fold(folded) == folded


@given(st.text())
def test_folding_twice_changes_nothing_more(text: str) -> None:
    assert fold(fold(text)) == fold(text)
