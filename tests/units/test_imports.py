"""Files of units on the screen and on the command line: looked at first, taken whole or not at all."""

import io
import json
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from flask import Flask
from sqlalchemy import func, select

from inspect_app.commands import cli
from inspect_app.db import db
from inspect_app.permissions import Role
from inspect_app.refusals import Refused
from inspect_app.units.imports import pack, table_of, unpack
from inspect_app.units.models import Unit
from inspect_app.units.queries import unit_by_code
from tests.client import Client, Page
from tests.makers import make_city, make_officer

GOOD = "code,name,kind,parent_code,valid_from\nT9,Tỉnh Chín,tinh,,\nX9,UBND xã Chín,xa,T9,01/07/2025\n"
BAD = "code,name,kind,parent_code,valid_from\nT9,Tỉnh Chín,tinh,,\nX9,,lang,T0,32/07/2025\n"


@pytest.fixture
def admin(client: Client, database: None) -> Client:
    return client.sign_in(make_officer(Role.ADMIN, make_city()))


def send(
    admin: Client, content: bytes | str, name: str = "don-vi.csv", *, kind: str = "units", status: int = 200
) -> Page:
    data = content.encode() if isinstance(content, str) else content
    return admin.post("/units/import-checks", {"kind": kind, "file": (io.BytesIO(data), name)}, status=status)


def take(admin: Client, page: Page) -> Page:
    return admin.post("/units/imports", page.values(page.form("/units/imports")))


def workbook(*lines: tuple[Any, ...]) -> bytes:
    book = openpyxl.Workbook()
    for line in lines:
        book.active.append(line)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def count() -> int:
    return db.session.scalar(select(func.count()).select_from(Unit)) or 0


def test_a_good_file_is_shown_first_and_taken_on_the_second_step(admin: Client) -> None:
    page = send(admin, GOOD)
    assert "2 dòng mới" in page.text
    assert count() == 1
    done = admin.follow(take(admin, page))
    assert "Đã nhập: thêm 2, sửa 0, giữ nguyên 0 dòng." in done.text
    assert unit_by_code("X9").parent_id == unit_by_code("T9").id


def test_the_same_file_again_offers_nothing_to_do(admin: Client) -> None:
    first = send(admin, GOOD)
    take(admin, first)
    again = send(admin, GOOD)
    assert "Mọi dòng trong tệp đã có sẵn." in again.text
    assert not again.select("form[action$='/units/imports']")
    assert "không có gì thay đổi" in admin.follow(take(admin, first)).text


def test_every_mistake_is_told_with_row_and_column_and_nothing_is_taken(admin: Client) -> None:
    page = send(admin, BAD, status=422)
    cells = [[cell.get_text(strip=True) for cell in row.select("td")][:2] for row in page.select("tbody tr")]
    assert cells == [["3", "name"], ["3", "kind"], ["3", "parent_code"], ["3", "valid_from"]]
    assert not page.select("form[action$='/units/imports']")
    assert count() == 1


def test_a_file_that_meanwhile_no_longer_fits_is_refused_at_the_second_step(admin: Client) -> None:
    take(admin, send(admin, "code,name,kind\nA,Xã A,xa\nB,Xã B,xa\nC,Xã C,xa\n"))
    head = "date,from_code,to_code,main_successor,kind\n"
    waiting = send(admin, f"{head}2025-07-01,A,B,yes,merge\n", kind="changes")
    take(admin, send(admin, f"{head}2025-07-01,A,C,yes,merge\n", kind="changes"))
    late = admin.post("/units/imports", waiting.values(waiting.form("/units/imports")), status=422)
    assert "kế thừa chính" in late.text


def test_a_changed_row_shows_what_is_and_what_will_be(admin: Client) -> None:
    take(admin, send(admin, GOOD))
    page = send(admin, GOOD.replace("UBND xã Chín", "UBND xã Mười"))
    assert "UBND xã Chín" in page.text
    assert "Nhập 1 dòng" in page.text


def test_a_workbook_is_read_with_the_rows_of_the_sheet(admin: Client) -> None:
    head = ("code", "name", "kind")
    good = workbook(head, ("T8", "Tỉnh Tám", "tinh"), (None, None, None), ("X8", "Xã Tám", "xa"))
    take(admin, send(admin, good, "don-vi.xlsx"))
    assert unit_by_code("X8").name == "Xã Tám"
    bad = workbook(head, ("T7", "Tỉnh Bảy", "tinh"), (None, None, None), ("X7", "Xã Bảy", "thôn"))
    page = send(admin, bad, "don-vi.xlsx", status=422)
    assert page.select("tbody tr td")[0].text == "4"


def test_a_formula_in_a_workbook_is_refused_with_its_cell(admin: Client) -> None:
    page = send(admin, workbook(("code", "name"), ("T8", "=1+1")), "don-vi.xlsx", status=422)
    assert "B2" in page.text
    assert page.select("form[action$='/units/import-checks']")


NO_TABLES = [b"", b"\xff\xfe\xfa", b"PK\x03\x04 not a workbook", b'code,name,kind\n"T9,T,xa\n', b"\0" * 50]


@pytest.mark.parametrize("content", NO_TABLES)
def test_what_is_no_table_comes_back_with_words_on_the_form(admin: Client, content: bytes) -> None:
    page = send(admin, content, status=422)
    assert page.select(".error-summary, .notice.bad")


def test_no_file_and_no_kind_come_back_with_words(admin: Client) -> None:
    page = admin.post("/units/import-checks", {"kind": "all"}, status=422)
    assert "Chọn một tệp." in page.text


def test_a_damaged_second_step_asks_for_the_file_again(admin: Client) -> None:
    for packed in ("", "????", pack(GOOD.encode())[:-20], "a" * 40):
        admin.post("/units/imports", {"kind": "units", "file_name": "x.csv", "packed": packed}, status=422)
    admin.post("/units/imports", {"kind": "all", "file_name": "x.csv", "packed": pack(b"x")}, status=422)
    assert count() == 1


def test_a_file_stays_itself_while_it_is_packed() -> None:
    data = GOOD.encode() * 1000
    assert unpack(pack(data)) == data
    with pytest.raises(Refused):
        table_of(b"x" * (5 * 1024 * 1024 + 1), "x.csv")


def test_the_template_has_the_columns_that_are_read(admin: Client) -> None:
    text = admin.http.get("/units/import-template?kind=changes").get_data(as_text=True)
    assert text.lstrip("\ufeff").strip() == "date,from_code,to_code,main_successor,kind,source"
    admin.get("/units/import-template", kind="nonsense")


def run(app: Flask, *words: str) -> Any:
    return app.test_cli_runner().invoke(cli, list(words))


def test_the_command_line_tries_takes_and_counts(app: Flask, database: None, tmp_path: Path) -> None:
    file = tmp_path / "units.csv"
    file.write_text(GOOD, encoding="utf-8")
    tried = run(app, "import", "units", str(file), "--dry-run")
    assert json.loads(tried.stdout) == {"created": 2, "changed": 0, "unchanged": 0, "dry_run": True}
    assert count() == 0
    assert json.loads(run(app, "import", "units", str(file)).stdout)["created"] == 2
    assert json.loads(run(app, "import", "units", str(file)).stdout)["unchanged"] == 2
    told = json.loads(run(app, "units", "--on", "2026-09-14", "--json").stdout)
    assert told == {"on": "2026-09-14", "total": 2, "by_kind": {"tinh": 1, "xa": 1}, "by_group": {"": 2}}
    earlier = json.loads(run(app, "units", "--on", "30/06/2025", "--json").stdout)
    assert (earlier["on"], earlier["total"]) == ("2025-06-30", 1)


def test_the_command_line_says_each_mistake_on_stderr_and_exits_with_1(
    app: Flask, database: None, tmp_path: Path
) -> None:
    file = tmp_path / "units.csv"
    file.write_text(BAD, encoding="utf-8")
    for words in (("--dry-run",), ()):
        result = run(app, "import", "units", str(file), *words)
        assert (result.exit_code, result.stdout) == (1, "")
        assert result.stderr.count("3, ") == 4
    changes = tmp_path / "changes.csv"
    changes.write_text("date,from_code,to_code,main_successor,kind\n2025-07-01,Q,,no,dissolve\n", encoding="utf-8")
    assert run(app, "import", "changes", str(changes)).exit_code == 1
    assert run(app, "import", "units", str(tmp_path / "none.csv")).exit_code == 2
    assert run(app, "units", "--on", "someday").exit_code == 2
