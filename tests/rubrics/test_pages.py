"""Rubrics on the screen and on the command line."""

import io
import json
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from flask import Flask

from inspect_app.audit.actions import SYSTEM_ACTOR
from inspect_app.commands import cli
from inspect_app.permissions import Role
from inspect_app.refusals import Refused
from inspect_app.rubrics.actions import load_shipped_rubrics
from inspect_app.rubrics.imports import shipped_text, text_of
from inspect_app.rubrics.models import RubricVersion
from inspect_app.rubrics.publishing import content_hash
from inspect_app.rubrics.queries import newest_version
from inspect_app.rubrics.reading import read_rubric
from inspect_app.rubrics.states import RubricState
from tests.client import Client, Page
from tests.makers import AT, make_city, make_officer, make_person

SAMPLE = shipped_text("mau_du_cach_cham")
CHANGED = SAMPLE.replace("Kế hoạch của đơn vị", "Kế hoạch năm")


@pytest.fixture
def shipped(database: None) -> None:
    load_shipped_rubrics(AT, SYSTEM_ACTOR)


@pytest.fixture
def office(client: Client, shipped: None) -> Client:
    return client.sign_in(make_officer(Role.OFFICE, make_city()))


@pytest.fixture
def visitor(client: Client, shipped: None) -> Client:
    return client.sign_in(make_person())


def version_of(code: str) -> RubricVersion:
    version = newest_version(code)
    assert version is not None
    return version


def send(office: Client, text: str | bytes, status: int = 303) -> Page:
    data = text.encode() if isinstance(text, str) else text
    return office.post("/rubrics/imports", {"file": (io.BytesIO(data), "bo.yaml")}, status=status)


def test_the_list_shows_state_and_what_is_not_official(office: Client) -> None:
    page = office.get("/rubrics")
    assert len(page.select("tbody tr")) == 8
    unofficial = [row.select_one(".unit").text for row in page.select("tbody tr") if "Không chính thức" in row.text]  # type: ignore[union-attr]
    assert len(unofficial) == 3
    assert "Chưa công bố được" in page.text
    assert len(office.get("/rubrics", state="published").select("tbody tr")) == 3
    assert len(office.get("/rubrics", q="MAU du cach").select("tbody tr")) == 1
    assert "Không có bộ tiêu chí nào phù hợp" in office.get("/rubrics", q="xyz").text
    assert len(office.get("/rubrics", state="nonsense").select("tbody tr")) == 8


def test_drafts_and_their_moves_are_only_for_those_who_keep_rubrics(visitor: Client) -> None:
    page = visitor.get("/rubrics")
    assert len(page.select("tbody tr")) == 3
    assert "Nhập từ tệp" not in page.text
    draft, published = version_of("papi-2018"), version_of("kiem-tra-mau-7")
    visitor.get(f"/rubrics/{draft.id}", status=404)
    for part in ("preview", "yaml", "xlsx"):
        visitor.get(f"/rubrics/{draft.id}/{part}", status=404)
        assert visitor.http.get(f"/rubrics/{published.id}/{part}").status_code == 200
    assert "Thôi dùng" not in visitor.get(f"/rubrics/{published.id}").text
    for path in (f"/rubrics/{published.id}/retirement", f"/rubrics/{draft.id}/publication", "/rubrics/imports"):
        visitor.post(path, status=403)
    visitor.get("/rubrics/imports/new", status=403)


def test_every_shipped_rubric_has_its_pages(office: Client) -> None:
    for name in ("bcs766-2026", "camau-1880-2013", "mau-du-cach-cham", "sipas-2640-2017", "par-index-province"):
        version = version_of(name)
        page = office.get(f"/rubrics/{version.id}")
        assert ("Bộ tiêu chí không chính thức." in page.text) is not version.official
        preview = office.get(f"/rubrics/{version.id}/preview")
        assert all(field.find_parent("fieldset").has_attr("disabled") for field in preview.select("article input"))  # type: ignore[union-attr]


def test_criteria_stand_with_points_rule_and_evidence(office: Client) -> None:
    page = office.get(f"/rubrics/{version_of('mau-du-cach-cham').id}")
    for words in (
        "Trước ngày 15/01: 3 điểm",
        "Tài liệu kiểm chứng: Kế hoạch đã ký",
        "Dưới 50%: 0 điểm",
        "Trên 90%: 6 điểm",
    ):
        assert words in page.text
    assert "Cộng các tiêu chí thành phần" in page.text


def test_a_draft_that_cannot_be_published_says_why_and_has_no_button(office: Client) -> None:
    draft = version_of("camau-1880-2013")
    page = office.get(f"/rubrics/{draft.id}")
    assert "Tiêu chí 1.3 chưa có cách chấm điểm." in page.text
    assert not page.select("form[action$=publication]")
    refused = office.follow(office.post(f"/rubrics/{draft.id}/publication"))
    assert "Chưa công bố được" in refused.text
    assert draft.state is RubricState.DRAFT


def test_a_rubric_is_taken_in_published_and_retired(office: Client) -> None:
    page = office.follow(send(office, CHANGED))
    assert "Đã nhập thành bản nháp số 2." in page.text
    path = f"/rubrics/{version_of_number(2).id}"
    done = office.follow(office.submit(path, "/publication"))
    assert "Đã công bố." in done.text
    assert not done.select("form[action$=publication]")
    office.post(f"{path}/publication", status=409)
    assert "Đã thôi dùng." in office.follow(office.submit(path, "/retirement")).text
    office.post(f"{path}/retirement", status=409)


def version_of_number(number: int) -> RubricVersion:
    from inspect_app.db import db

    return db.session.query(RubricVersion).filter_by(number=number).one()


def test_the_same_file_again_says_that_it_is_here_already(office: Client) -> None:
    page = office.follow(send(office, SAMPLE))
    assert "Nội dung này đã có sẵn ở bản số 1; không tạo bản mới." in page.text


BROKEN = [b"", b"\xff\xfe", b"a: [", b"- 1\n- 2\n", SAMPLE.replace("scoring: boolean", "scorign: boolean").encode()]


@pytest.mark.parametrize("content", BROKEN)
def test_a_file_that_is_no_rubric_comes_back_with_words(office: Client, content: bytes) -> None:
    page = send(office, content, status=422)
    assert page.select(".notice.bad li, .error-summary")
    assert page.select("form[action$='/rubrics/imports']")


def test_a_file_that_is_too_large_is_refused_in_words() -> None:
    with pytest.raises(Refused, match="2 MB"):
        text_of(b"a" * (2 * 1024 * 1024 + 1))


def test_what_is_exported_as_yaml_has_the_same_content(office: Client) -> None:
    version = version_of("kiem-tra-mau-7")
    response = office.http.get(f"/rubrics/{version.id}/yaml")
    assert "kiem-tra-mau-7-1.yaml" in response.headers["Content-Disposition"]
    content, problems = read_rubric(response.get_data(as_text=True))
    assert not problems
    assert content_hash(content) == version.content_hash


def test_the_spreadsheet_holds_every_criterion_with_its_points_as_a_number(office: Client) -> None:
    version = version_of("mau-du-cach-cham")
    book = openpyxl.load_workbook(io.BytesIO(office.http.get(f"/rubrics/{version.id}/xlsx").data))
    cells = [[cell.value for cell in row] for row in book.active.iter_rows()]
    assert [row[0] for row in cells if row[0] and "Không chính" in str(row[0])] == ["Không chính thức."]
    [row] = [row for row in cells if row[1] == "A.1.1"]
    assert row[3] == 3
    assert "Trong tháng 01: 1,5 điểm" in row[5]


def run(app: Flask, *words: str) -> Any:
    return app.test_cli_runner().invoke(cli, list(words))


def answers(folder: Path, text: str) -> str:
    file = folder / "answers.json"
    file.write_text(text, encoding="utf-8")
    return str(file)


def test_the_command_line_takes_a_rubric_in_and_says_what_is_wrong(app: Flask, database: None, tmp_path: Path) -> None:
    file = tmp_path / "rubric.yaml"
    file.write_text(SAMPLE, encoding="utf-8")
    tried = json.loads(run(app, "import", "rubric", str(file), "--dry-run").stdout)
    assert (tried["new"], tried["dry_run"]) == (True, True)
    assert newest_version("mau-du-cach-cham") is None
    assert json.loads(run(app, "import", "rubric", str(file)).stdout)["new"] is True
    assert json.loads(run(app, "import", "rubric", str(file)).stdout)["new"] is False
    file.write_text(SAMPLE.replace("cycle:", "cycel:"), encoding="utf-8")
    refused = run(app, "import", "rubric", str(file))
    assert (refused.exit_code, refused.stdout) == (1, "")
    assert "cycel" in refused.stderr


@pytest.mark.parametrize("stored", [True, False])
def test_scores_come_from_the_database_or_else_from_what_is_shipped(
    app: Flask, database: None, tmp_path: Path, stored: bool
) -> None:
    if stored:
        load_shipped_rubrics(AT, SYSTEM_ACTOR)
    file = answers(tmp_path, '{"A.1.1": {"level": 1}, "A.1.2": {"value": true}, "B.1": {"na": "không phát sinh"}}')
    result = run(app, "score", "mau-du-cach-cham", file)
    told = json.loads(result.stdout)
    assert told["criteria"]["A.1.1"]["points"] == "1.50"
    assert told["criteria"]["A.1"]["points"] == "3.50"
    assert told["criteria"]["B.1"]["applies"] is False
    assert list(told) == ["criteria", "groups", "total", "applicable_max", "index_pct", "unanswered"]


WRONG = [
    "[]",
    "{",
    '{"Z.9": {"level": 1}}',
    '{"A.1.1": {"level": 9}}',
    '{"A.1.1": {"level": 0}, "A.1.1": {"level": 1}}',
    '{"A.1.1": {"level": NaN}}',
]


@pytest.mark.parametrize("text", WRONG)
def test_answers_that_do_not_fit_are_refused_with_words_on_stderr(
    app: Flask, database: None, tmp_path: Path, text: str
) -> None:
    result = run(app, "score", "mau-du-cach-cham", answers(tmp_path, text))
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr


def test_an_unknown_rubric_is_refused(app: Flask, database: None, tmp_path: Path) -> None:
    result = run(app, "score", "no-such-rubric", answers(tmp_path, "{}"))
    assert (result.exit_code, result.stdout) == (1, "")
    assert "no-such-rubric" in result.stderr
