import unicodedata
from collections import Counter
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import inspect_app.units
from inspect_app.refusals import Refused
from inspect_app.units.cells import clean_text, csv_rows, parse_day
from inspect_app.units.reading import ChangeRow, RowProblem, UnitRow, read_changes, read_units
from inspect_app.units.rules import Change, Successions, UnitKind, fold, in_force, owner_of

CATALOGUE = Path(inspect_app.units.__path__[0]) / "catalogue"
COMMUNE = {UnitKind.XA, UnitKind.PHUONG, UnitKind.THI_TRAN}
DISTRICT = {UnitKind.QUAN, UnitKind.HUYEN, UnitKind.THI_XA}
SUMMER = date(2025, 7, 1)


def catalogue_rows(name: str) -> list[dict[Any, Any]]:
    return csv_rows((CATALOGUE / name).read_bytes())


def hanoi_units() -> dict[str, UnitRow]:
    units: dict[str, UnitRow] = {}
    for name in ("hanoi-before-2025.csv", "hanoi-since-2025.csv", "hanoi-vertical-agencies.csv"):
        read, problems = read_units(
            catalogue_rows(name), known={code: unit.parent_code for code, unit in units.items()}
        )
        assert problems == []
        units |= {unit.code: unit for unit in read}
    return units


def hanoi_changes(units: dict[str, UnitRow]) -> Successions[str]:
    rows, problems = read_changes(catalogue_rows("hanoi-changes-2025.csv"), known=units)
    assert problems == []
    return Successions(Change(row.day, row.from_code, row.to_code, row.main_successor, row.kind) for row in rows)


@pytest.fixture(scope="module")
def units() -> dict[str, UnitRow]:
    return hanoi_units()


@pytest.fixture(scope="module")
def changes(units: dict[str, UnitRow]) -> Successions[str]:
    return hanoi_changes(units)


def count(units: dict[str, UnitRow], kinds: set[UnitKind], on: date) -> int:
    return sum(unit.kind in kinds and in_force(unit, on) for unit in units.values())


def test_at_the_end_of_2024_ha_noi_has_22_departments_30_districts_and_526_communes(units: dict[str, UnitRow]) -> None:
    on = date(2024, 12, 31)
    assert [count(units, kinds, on) for kinds in ({UnitKind.SO}, DISTRICT, COMMUNE)] == [22, 30, 526]


def test_from_july_2025_ha_noi_has_17_departments_126_communes_and_no_district(units: dict[str, UnitRow]) -> None:
    assert [count(units, kinds, SUMMER) for kinds in ({UnitKind.SO}, DISTRICT, COMMUNE)] == [17, 0, 126]


def test_five_fictional_central_agencies_stand_on_the_territory_without_a_parent(units: dict[str, UnitRow]) -> None:
    agencies = [unit for unit in units.values() if unit.kind is UnitKind.NGANH_DOC]
    assert len(agencies) == 5
    assert {unit.group for unit in agencies} == {"Cơ quan ngành dọc"}
    assert {(unit.parent_code, unit.coordinated_by) for unit in agencies} == {(None, "HN")}
    assert all("(giả định)" in unit.name and "fictional" in unit.source for unit in agencies)


def test_every_old_commune_and_merged_department_leads_to_successors_in_force(
    units: dict[str, UnitRow], changes: Successions[str]
) -> None:
    gone = [unit for unit in units.values() if unit.kind in COMMUNE | {UnitKind.SO} and not in_force(unit, SUMMER)]
    assert Counter("so" if unit.kind is UnitKind.SO else "commune" for unit in gone) == {"commune": 526, "so": 7}
    for unit in gone:
        heirs = changes.heirs(unit.code, SUMMER)
        assert heirs.main in heirs.all
        assert all(in_force(units[code], SUMMER) for code in heirs.all)
        assert owner_of(unit.code, units, changes, SUMMER) == heirs.main


def test_the_30_districts_lead_to_nobody(units: dict[str, UnitRow], changes: Successions[str]) -> None:
    districts = [unit.code for unit in units.values() if unit.kind in DISTRICT]
    assert len(districts) == 30
    assert all(changes.heirs(code, SUMMER).all == () for code in districts)
    assert all(owner_of(code, units, changes, SUMMER) is None for code in districts)
    assert all(owner_of(code, units, changes, date(2025, 6, 30)) == code for code in districts)


def test_the_units_of_the_whole_country_are_read_without_a_problem() -> None:
    units, problems = read_units(catalogue_rows("vietnam-since-2025.csv"))
    assert problems == []
    kinds = Counter(unit.kind.value for unit in units)
    assert kinds == {"tinh": 34, "xa": 2621, "phuong": 687, "dac_khu": 13}


def test_the_catalogue_can_be_searched_without_accents(units: dict[str, UnitRow]) -> None:
    found = [unit.name for unit in units.values() if in_force(unit, SUMMER) and "o cho dua" in fold(unit.name)]
    assert found == ["UBND phường Ô Chợ Dừa"]


HEAD = "code,name,kind,group,parent_code,valid_from,valid_to,source"


def unit_problems(*lines: str, head: str = HEAD) -> list[tuple[int, str | None, str]]:
    return told(read_units(csv_rows("\n".join((head, *lines)).encode()))[1])


def change_problems(*lines: str, known: set[str] | None = None) -> list[tuple[int, str | None, str]]:
    head = "date,from_code,to_code,main_successor,kind,source"
    return told(read_changes(csv_rows("\n".join((head, *lines)).encode()), known=known)[1])


def told(problems: list[RowProblem]) -> list[tuple[int, str | None, str]]:
    return [(problem.row, problem.column, str(problem)) for problem in problems]


def read_one(line: str) -> UnitRow:
    units, problems = read_units(csv_rows(f"{HEAD}\n{line}\n".encode()))
    assert problems == []
    return units[0]


def test_days_are_read_as_people_write_them() -> None:
    row = read_one("A,Sở A,so,,,01/07/2025,2025-12-31,")
    assert (row.valid_from, row.valid_to) == (date(2025, 7, 1), date(2025, 12, 31))
    assert parse_day(datetime(2025, 7, 1, 0, 0)) == date(2025, 7, 1)
    assert parse_day(date(2025, 7, 1)) == date(2025, 7, 1)
    assert parse_day("1-7-2025") == date(2025, 7, 1)
    assert parse_day("2025-07-01T00:00:00") == date(2025, 7, 1)
    assert parse_day(" ") is None
    assert parse_day(None) is None


@pytest.mark.parametrize("text", ["31/02/2025", "2025-13-01", "07/2025", "hôm qua", "1/7/25", "45839"])
def test_what_is_not_a_day_is_told_with_its_row_and_column(text: str) -> None:
    assert unit_problems("A,Sở A,so,,,,,", f"B,Sở B,so,,,{text},,") == [
        (3, "valid_from", f"“{text}” không phải là ngày. Viết như 01/07/2025 hoặc 2025-07-01.")
    ]


def test_names_become_one_spelling_whatever_the_file_used() -> None:
    line = unicodedata.normalize("NFD", "A,  UBND  phường Ô Chợ Dừa ,phuong,,,,,")
    assert read_one(line).name == unicodedata.normalize("NFC", "UBND phường Ô Chợ Dừa")


def test_a_byte_order_mark_semicolons_and_windows_lines_are_no_obstacle() -> None:
    text = HEAD.replace(",", ";") + "\r\nA;Sở A;so;;;;;\r\n"
    for data in (text.encode("utf-8"), text.encode("utf-8-sig")):
        units, problems = read_units(csv_rows(data))
        assert problems == []
        assert [unit.name for unit in units] == ["Sở A"]


@pytest.mark.parametrize("sign", "=+-@")
def test_the_quote_that_protects_from_formulas_is_taken_off_again(sign: str) -> None:
    assert clean_text(f"'{sign}cmd") == f"{sign}cmd"
    assert clean_text(f"{sign}cmd") == f"{sign}cmd"
    assert clean_text("'Sở A") == "'Sở A"


def test_cells_of_a_spreadsheet_are_read_like_those_of_a_text_file() -> None:
    rows = [
        {"code": 101.0, "name": "Sở A", "kind": "so", "valid_from": datetime(2025, 7, 1, 0, 0), "parent_code": None},
        {"code": None, "name": None, "kind": None, "valid_from": None, "parent_code": None},
        {"code": "B", "name": "Sở B", "kind": "so", "valid_from": date(2025, 7, 1), "parent_code": 101},
    ]
    units, problems = read_units(rows)
    assert problems == []
    assert [(unit.row, unit.code, unit.parent_code) for unit in units] == [(2, "101", None), (4, "B", "101")]


def test_all_problems_of_a_file_are_told_at_once_and_in_order() -> None:
    assert unit_problems(
        "A,Sở A,so,,,,,",
        "A,Sở A hai,so,,,,,",
        "B,,so,,NOBODY,,,",
        ",,,,,,,",
        "C,Sở C,planet,,,02/01/2026,01/01/2026,",
        "D D,Sở D,so,,,,,",
        "E,Sở E,so,,,,,,too much",
    ) == [
        (3, "code", "Mã “A” đã có ở dòng 2."),
        (4, "name", "Ô này không được để trống."),
        (4, "parent_code", "Không có đơn vị nào mang mã “NOBODY”."),
        (6, "kind", "Không biết loại “planet”. Các loại: " + ", ".join(kind.value for kind in UnitKind) + "."),
        (6, "valid_to", "Ngày hết hiệu lực 01/01/2026 sớm hơn ngày bắt đầu 02/01/2026."),
        (7, "code", "“D D” không phải là mã đơn vị."),
        (8, None, "Dòng này có nhiều ô hơn dòng tiêu đề."),
    ]


def test_rows_with_a_problem_are_left_out_and_the_others_are_read() -> None:
    units, problems = read_units(csv_rows(f"{HEAD}\nA,Sở A,so,,,,,\nB,Sở B,planet,,,,,\n".encode()))
    assert [unit.code for unit in units] == ["A"]
    assert len(problems) == 1


def test_an_unknown_column_is_named_and_a_missing_one_too() -> None:
    problems = unit_problems("A,Sở A,1", head="code,name,colour")
    assert [(row, column) for row, column, _ in problems] == [(1, "colour"), (1, "kind")]
    assert problems[1][2] == "Thiếu cột “kind”."


def test_units_that_stand_under_each_other_are_told() -> None:
    assert [row for row, _, _ in unit_problems("A,Sở A,so,,B,,,", "B,Sở B,so,,A,,,", "C,Sở C,so,,A,,,")] == [2, 3]
    assert [row for row, _, _ in unit_problems("A,Sở A,so,,A,,,")] == [2]


def test_a_parent_that_is_already_stored_is_known_and_a_circle_through_it_is_seen() -> None:
    rows = csv_rows(f"{HEAD}\nB,Sở B,so,,A,,,\n".encode())
    assert read_units(rows, known={"A": None})[1] == []
    assert len(read_units(rows, known={"A": "B"})[1]) == 1
    assert len(read_units(rows)[1]) == 1


def test_an_empty_file_says_so() -> None:
    assert told(read_units(csv_rows(b""))[1]) == [(1, None, "Tệp không có dòng dữ liệu nào.")]
    assert told(read_changes([])[1]) == [(1, None, "Tệp không có dòng dữ liệu nào.")]


@pytest.mark.parametrize("data", [b"\xff\xfe\x00", "Sở".encode("utf-16"), b"code\x00name", b'code,name\n"open,1\n'])
def test_a_file_that_is_no_text_table_is_refused_in_one_sentence(data: bytes) -> None:
    with pytest.raises(Refused) as refused:
        csv_rows(data)
    assert refused.value.status == 422


def test_overlong_and_unprintable_cells_are_told() -> None:
    assert unit_problems(f"A,{'x' * 251},so,,,,,") == [(2, "name", "Ô này dài 251 ký tự, tối đa 250.")]
    assert unit_problems("A,bell\x07,so,,,,,") == [(2, "name", "Ô này có ký tự không in được.")]


def test_a_change_is_read_with_its_main_successor() -> None:
    rows, problems = read_changes(
        csv_rows(b"date,from_code,to_code,main_successor,kind\n01/07/2025,A,B,yes,split\n2025-07-01,A,C,no,split\n")
    )
    assert problems == []
    assert rows[0] == ChangeRow(2, SUMMER, "A", "B", True, rows[0].kind, "")
    assert [row.main_successor for row in rows] == [True, False]


def test_changes_that_make_no_sense_are_told() -> None:
    assert change_problems(
        ",A,B,yes,merge,",
        "2025-07-01,A,A,yes,merge,",
        "2025-07-01,C,D,yes,dissolve,",
        "2025-07-01,E,,no,merge,",
        "2025-07-01,F,G,perhaps,merge,",
        "2025-07-01,H,I,yes,swallow,",
        "2025-07-01,J,,yes,dissolve,",
    ) == [
        (2, "date", "Ô này không được để trống."),
        (3, "to_code", "Đơn vị không thể kế thừa chính mình."),
        (4, "to_code", "Giải thể thì không có đơn vị kế thừa; để trống ô này."),
        (5, "to_code", "Thiếu đơn vị kế thừa. Chỉ khi giải thể mới để trống."),
        (6, "main_successor", "“perhaps” không phải là yes hoặc no."),
        (6, "main_successor", "Đơn vị “F” chưa có kế thừa chính."),
        (7, "kind", "Không biết loại “swallow”. Các loại: merge, split, rename, move, dissolve."),
        (8, "main_successor", "Không có đơn vị kế thừa thì không có kế thừa chính."),
    ]


def test_a_divided_unit_has_exactly_one_main_successor() -> None:
    assert change_problems("2025-07-01,A,B,yes,split,", "2025-07-01,A,C,yes,split,", "2025-07-01,A,C,no,split,") == [
        (3, "main_successor", "Đơn vị này đã có kế thừa chính ở dòng 2."),
        (4, "to_code", "Dòng này lặp lại dòng 3."),
    ]
    assert change_problems("2025-07-01,A,B,no,split,", "2025-07-01,A,C,no,split,") == [
        (2, "main_successor", "Đơn vị “A” chưa có kế thừa chính.")
    ]


def test_a_change_of_a_unit_that_nobody_knows_is_told() -> None:
    assert change_problems("2025-07-01,A,B,yes,merge,", known={"A"}) == [
        (2, "to_code", "Không có đơn vị nào mang mã “B”.")
    ]


@settings(deadline=None)
@given(st.binary(max_size=200))
def test_no_file_brings_the_reader_down(data: bytes) -> None:
    try:
        rows = csv_rows(data)
    except Refused:
        return
    read_units(rows)
    read_changes(rows)


@settings(deadline=None)
@given(st.lists(st.dictionaries(st.sampled_from(HEAD.split(",")), st.none() | st.text() | st.floats() | st.dates())))
def test_no_spreadsheet_brings_the_reader_down(rows: list[dict[str, Any]]) -> None:
    read_units(rows)
