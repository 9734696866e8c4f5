"""Bringing units in, and everything that follows from the tree: scope, head posts, who answers after a change."""

from collections.abc import Iterator
from datetime import date

import pytest
from sqlalchemy import func, select

from inspect_app.audit.actions import SYSTEM_ACTOR
from inspect_app.audit.models import AuditEntry
from inspect_app.audit.queries import broken_at, heads, timeline
from inspect_app.db import db, transaction
from inspect_app.refusals import NotVisible, Refused
from inspect_app.units.actions import (
    Counts,
    ImportRefused,
    ensure_head_post,
    import_changes,
    import_units,
    load_shipped_units,
    rebuild_reach,
)
from inspect_app.units.models import Post, Tenure, Unit, UnitChange, UnitReach
from inspect_app.units.queries import (
    above,
    child_groups,
    counts_by_kind,
    ended_without_owner,
    find_unit,
    head_post,
    holder_of,
    owner_ids,
    reach_of,
    search_units,
    unit_by_code,
)
from inspect_app.units.rules import ChangeKind, TenureKind, UnitKind, reach_above
from tests.makers import AT, add, make_city, make_head, make_person, make_post, make_unit

BEFORE, SINCE, NOW = date(2024, 12, 31), date(2025, 7, 1), date(2026, 9, 14)


@pytest.fixture
def hanoi(database: None) -> Iterator[None]:
    with transaction():
        load_shipped_units(AT, SYSTEM_ACTOR)
    yield


def units_csv(*lines: str) -> list[dict[str, str]]:
    names = ("code", "name", "kind", "group", "parent_code", "valid_from", "valid_to")
    return [dict(zip(names, line.split(";"), strict=False)) for line in lines]


def take(rows: list[dict[str, str]]) -> Counts:
    with transaction():
        return import_units(rows, by=SYSTEM_ACTOR, at=AT)


def take_changes(*lines: str) -> Counts:
    names = ("date", "from_code", "to_code", "main_successor", "kind")
    with transaction():
        rows = [dict(zip(names, line.split(";"), strict=True)) for line in lines]
        return import_changes(rows, by=SYSTEM_ACTOR, at=AT)


def test_ha_noi_has_its_real_units_before_and_after_the_reorganisation(hanoi: None) -> None:
    city = unit_by_code("HN")
    assert child_groups(city.id, BEFORE)["Sở, ban, ngành"] == 22
    assert child_groups(city.id, BEFORE)["UBND quận, huyện, thị xã"] == 30
    before = counts_by_kind(BEFORE)
    assert before[UnitKind.XA] + before[UnitKind.PHUONG] + before[UnitKind.THI_TRAN] == 526
    since = counts_by_kind(SINCE)
    assert since[UnitKind.SO] == 17
    assert since[UnitKind.XA] + since[UnitKind.PHUONG] == 126
    assert not {UnitKind.QUAN, UnitKind.HUYEN, UnitKind.THI_XA} & since.keys()
    assert since[UnitKind.NGANH_DOC] == 5


def test_loading_the_shipped_units_twice_changes_nothing(hanoi: None) -> None:
    log = db.session.scalar(select(func.count()).select_from(AuditEntry))
    with transaction():
        again = load_shipped_units(AT, SYSTEM_ACTOR)
    assert (again.created, again.changed) == (0, 0)
    assert again.unchanged == 579 + 128 + 5 + 831
    assert db.session.scalar(select(func.count()).select_from(AuditEntry)) == log


def test_the_thirty_dissolved_districts_alone_have_nobody_who_answers(hanoi: None) -> None:
    left = ended_without_owner(SINCE)
    assert len(left) == 30
    assert {unit.kind for unit in left} == {UnitKind.QUAN, UnitKind.HUYEN, UnitKind.THI_XA}


def test_a_divided_commune_is_answered_for_by_its_main_successor(hanoi: None) -> None:
    divided = (UnitChange.main_successor, UnitChange.kind == ChangeKind.SPLIT)
    rows = db.session.execute(select(UnitChange.from_unit_id, UnitChange.to_unit_id).where(*divided)).all()
    owners = owner_ids([row[0] for row in rows], NOW)
    assert all(owners[old] == new for old, new in rows)


def test_a_merged_department_leads_to_the_one_that_took_over(hanoi: None) -> None:
    old, new = unit_by_code("HN-SKHDT"), unit_by_code("HN-STC")
    assert owner_ids([old.id, new.id], NOW) == {old.id: new.id, new.id: new.id}
    assert owner_ids([old.id], date(2025, 2, 28)) == {old.id: old.id}


def test_the_city_reaches_old_communes_through_their_district_and_agencies_through_coordination(hanoi: None) -> None:
    city, commune, agency = unit_by_code("HN"), unit_by_code("HN-X00013C"), unit_by_code("HN-ND01")
    assert above(commune.id) == {commune.id, unit_by_code("HN-D001").id, city.id}
    between = (UnitReach.unit_id == agency.id, UnitReach.above_id == city.id)
    reach = db.session.scalars(select(UnitReach).where(*between)).one()
    assert (reach.depth, reach.linked) == (1, True)
    assert agency.parent_id is None
    reached = db.session.scalar(select(func.count()).select_from(reach_of(frozenset({city.id})).subquery()))
    assert reached == 579 + 128 + 5


def test_every_unit_has_one_head_post_with_the_title_of_its_kind(hanoi: None) -> None:
    units = db.session.scalar(select(func.count()).select_from(Unit))
    assert db.session.scalar(select(func.count()).select_from(Post).where(Post.is_head)) == units
    titles = {code: head_post(unit_by_code(code).id).title for code in ("HN", "HN-SNV", "HN-VPUB", "HN-X00004")}
    assert titles == {
        "HN": "Chủ tịch UBND Thành phố",
        "HN-SNV": "Giám đốc",
        "HN-VPUB": "Chánh Văn phòng",
        "HN-X00004": "Chủ tịch UBND phường",
    }


def test_the_search_finds_names_without_marks_and_with_d_for_đ(hanoi: None) -> None:
    assert [unit.name for unit in search_units("ba dinh", NOW)] == ["UBND phường Ba Đình"]
    assert "UBND quận Ba Đình" in [unit.name for unit in search_units("DINH ba", BEFORE)]
    assert "UBND phường Ba Đình" in [unit.name for unit in search_units("phuong b", NOW, limit=200)]
    assert [[unit.code for unit in search_units(code, NOW)] for code in ("hn-x00004", "x00004")] == [["HN-X00004"]] * 2
    assert search_units("100%", NOW) == []
    inside = frozenset({unit_by_code("HN-D001").id})
    assert len(search_units("phuong", BEFORE, inside, limit=100)) == 13


def test_who_created_a_unit_stands_in_its_own_chain(database: None) -> None:
    take(units_csv("A;Tỉnh A;tinh", "B;UBND xã B;xa;Xã;A"))
    unit = unit_by_code("B")
    [entry] = timeline([("unit", unit.id)])
    assert (entry.action, entry.chain, entry.actor_name) == ("unit created", str(unit.id), "system")
    assert all(broken_at(head) is None for head in heads())


def test_a_changed_row_changes_the_unit_and_tells_old_and_new(database: None) -> None:
    take(units_csv("A;Tỉnh A;tinh", "B;UBND xã B;xa;Xã;A"))
    assert take(units_csv("B;UBND phường B;phuong;Xã;A")) == Counts(created=0, changed=1, unchanged=0)
    unit = unit_by_code("B")
    assert (unit.name, unit.kind) == ("UBND phường B", UnitKind.PHUONG)
    assert search_units("phuong b")[0].id == unit.id
    last = timeline([("unit", unit.id)])[0]
    assert last.details["changed"] == {"kind": ["xa", "phuong"], "name": ["UBND xã B", "UBND phường B"]}


def test_columns_that_a_file_does_not_have_keep_their_values(database: None) -> None:
    take(units_csv("A;Tỉnh A;tinh", "B;UBND xã B;xa;Xã;A;2025-07-01"))
    take([{"code": "B", "name": "UBND xã Bờ", "kind": "xa"}])
    unit = unit_by_code("B")
    assert (unit.name, unit.group, unit.valid_from) == ("UBND xã Bờ", "Xã", date(2025, 7, 1))
    assert unit.parent_id == unit_by_code("A").id


def test_a_unit_that_moves_takes_everything_below_it_along(database: None) -> None:
    take(units_csv("A;Tỉnh A;tinh", "Z;Tỉnh Z;tinh", "B;Huyện B;huyen;;A", "C;Xã C;xa;;B"))
    take(units_csv("B;Huyện B;huyen;;Z"))
    assert above(unit_by_code("C").id) == {unit_by_code(code).id for code in ("C", "B", "Z")}


def test_children_may_stand_before_their_parents_in_the_file(database: None) -> None:
    take(units_csv("C;Xã C;xa;;B", "B;Huyện B;huyen;;A", "A;Tỉnh A;tinh"))
    assert len(above(unit_by_code("C").id)) == 3


def test_one_mistake_keeps_the_whole_file_out(database: None) -> None:
    with pytest.raises(ImportRefused) as refused:
        take(units_csv("A;Tỉnh A;tinh", "B;Xã B;lang;;A", "C;Xã C;xa;;Q"))
    assert [(problem.row, problem.column) for problem in refused.value.problems] == [(3, "kind"), (4, "parent_code")]
    assert db.session.scalar(select(func.count()).select_from(Unit)) == 0
    assert db.session.scalar(select(func.count()).select_from(AuditEntry)) == 0


def test_a_file_that_puts_a_unit_below_itself_through_units_that_are_here_is_refused(database: None) -> None:
    take(units_csv("A;Tỉnh A;tinh", "B;Huyện B;huyen;;A"))
    with pytest.raises(ImportRefused):
        take(units_csv("A;Tỉnh A;tinh;;B"))


def test_a_second_main_successor_is_refused_and_a_correction_taken(database: None) -> None:
    take(units_csv("A;Xã A;xa", "B;Xã B;xa", "C;Xã C;xa"))
    take_changes("2025-07-01;A;B;yes;merge")
    with pytest.raises(ImportRefused) as refused:
        take_changes("2025-07-01;A;C;yes;merge")
    assert (refused.value.problems[0].row, refused.value.problems[0].column) == (2, "main_successor")
    counts = take_changes("2025-07-01;A;B;no;split", "2025-07-01;A;C;yes;split")
    assert counts == Counts(created=1, changed=1, unchanged=0)
    words = {entry.action for entry in timeline([("unit", unit_by_code("A").id)])}
    assert words == {"unit created", "unit merged", "unit split", "succession corrected"}


def test_a_change_of_an_unknown_unit_names_its_row(database: None) -> None:
    take(units_csv("A;Xã A;xa"))
    with pytest.raises(ImportRefused) as refused:
        take_changes("2025-07-01;A;Q;yes;merge")
    assert (refused.value.problems[0].row, refused.value.problems[0].column) == (2, "to_code")


def test_the_holder_is_the_full_head_before_the_acting_one_and_never_a_deputy(database: None) -> None:
    unit = make_unit()
    post = make_post(unit)
    for kind in (TenureKind.DEPUTY, TenureKind.ACTING):
        person = make_person()
        add(Tenure(post_id=post.id, person_id=person.id, kind=kind, starts_on=date(2026, 1, 1), recorded_at=AT))
    assert holder_of(post.id, NOW).kind is TenureKind.ACTING  # type: ignore[union-attr]
    head = make_head(unit, since=date(2026, 3, 1))
    assert holder_of(post.id, NOW).person.id == head.id  # type: ignore[union-attr]
    assert holder_of(post.id, date(2025, 12, 31)) is None


def test_a_head_post_is_made_once(database: None) -> None:
    unit = make_unit()
    with pytest.raises(Refused):
        head_post(unit.id)
    assert ensure_head_post(unit, AT).id == ensure_head_post(unit, AT).id == head_post(unit.id).id


def test_a_unit_that_is_not_there_is_not_visible(database: None) -> None:
    with pytest.raises(NotVisible):
        find_unit(make_person().id)
    with pytest.raises(Refused):
        unit_by_code("Q")


def test_rebuilding_the_reach_gives_what_makers_wrote(database: None) -> None:
    city = make_city()
    make_unit(under=make_unit(under=city))
    columns = select(UnitReach.above_id, UnitReach.unit_id, UnitReach.depth)
    rows = {tuple(row) for row in db.session.execute(columns)}
    rebuild_reach()
    assert {tuple(row) for row in db.session.execute(columns)} == rows


def test_a_coordinator_is_reached_by_everything_above_it_and_reaches_everything_below() -> None:
    parents = {"city": None, "agency": "ministry", "branch": "agency", "ministry": None, "nation": None}
    links = {"agency": ["city"], "city": ["nation"]}
    assert reach_above("branch", parents, links) == {
        "branch": (0, False),
        "agency": (1, False),
        "ministry": (2, False),
        "city": (2, True),
        "nation": (3, True),
    }
