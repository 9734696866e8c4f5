"""What the committee sees: the matrix, its rows, its files, the months, the reminders."""

import csv
import io
import json
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from click.testing import CliRunner
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook
from sqlalchemy import event

from inspect_app.calendars.rules import end_of_day
from inspect_app.committee.actions import remind_unit
from inspect_app.committee.queries import last_months
from inspect_app.db import db, transaction
from inspect_app.notifications.models import Notice
from inspect_app.permissions import Role
from inspect_app.queue import run_waiting
from inspect_app.refusals import Refused
from inspect_app.tasks.models import Review, Suspension, Task, TaskStatePassed
from inspect_app.tasks.queries import visible
from inspect_app.tasks.rules import BUCKETS
from inspect_app.units.models import UnitChange
from inspect_app.units.rules import ChangeKind
from tests.client import Client, Page
from tests.makers import AT, actor_of, make_city, make_head, make_officer, make_task, make_unit

TODAY = date(2026, 9, 14)


class World:
    def __init__(self) -> None:
        self.city = make_city()
        self.wards = [make_unit(f"UBND phường Số {n}", under=self.city) for n in range(3)]
        self.gone = make_unit("UBND xã Đã Nhập", under=self.city, valid_to=date(2025, 6, 30))
        db.session.add(
            UnitChange(
                on_day=date(2025, 7, 1),
                from_unit_id=self.gone.id,
                to_unit_id=self.wards[0].id,
                main_successor=True,
                kind=ChangeKind.MERGE,
            )
        )
        db.session.commit()
        self.committee = make_officer(Role.COMMITTEE, self.city, "Ban Chỉ Đạo")


@pytest.fixture
def world(database: None) -> World:
    return World()


def matrix(page: Page) -> dict[str, list[int]]:
    """The rows of the matrix as shown: five numbers for each name."""
    rows = {}
    for line in page.select("table.matrix tbody tr"):
        cells = [cell.get_text(strip=True) for cell in line.select("td")[:5]]
        name = line.th.select_one(".unit")
        rows[(name or line.th).get_text(strip=True)] = [0 if cell == "–" else int(cell) for cell in cells]
    return rows


def count_on(page: Page) -> int:
    return int(next(span.get_text() for span in page.select(".meta span") if "nhiệm vụ" in span.get_text()).split()[0])


def cli_overdue(app: Flask, on: str) -> Any:
    from inspect_app.commands.tasks import overdue

    result = CliRunner().invoke(overdue, ["--on", on, "--json"], catch_exceptions=False)
    assert result.exit_code == 0
    return json.loads(result.output)


def test_every_number_opens_exactly_its_rows(client: Client, world: World) -> None:
    for ward, due in (
        (world.wards[0], date(2026, 9, 8)),
        (world.wards[0], date(2026, 6, 30)),
        (world.gone, date(2026, 5, 15)),
        (world.wards[1], date(2025, 12, 1)),
        (world.wards[1], date(2026, 9, 14)),
    ):
        make_task(ward, "in_progress", due_on=due)
    browser = client.sign_in(world.committee)
    page = browser.get("/committee")
    shown = matrix(page)
    assert shown["UBND phường Số 0"] == [1, 1, 1, 0, 3]
    assert shown["UBND phường Số 1"] == [0, 0, 0, 1, 1]
    assert shown["Tổng cộng"] == [1, 1, 1, 1, 4]
    for link in page.select("table.matrix td a[href*=band]"):
        rows = browser.get(str(link["href"])).select("tbody tr")
        assert len(rows) == int(link.get_text())


def test_pauses_move_a_task_into_a_younger_band(client: Client, world: World, app: Flask) -> None:
    due = date(2026, 7, 1)
    for _ in range(2):
        make_task(world.wards[0], "in_progress", due_on=due)
    paused = make_task(world.wards[0], "in_progress", due_on=due)
    db.session.add(
        Suspension(task_id=paused.id, starts_on=due, ends_on=date(2026, 9, 1), reason="Chờ", decision="1/QĐ")
    )
    db.session.commit()
    browser = client.sign_in(world.committee)
    page = browser.get("/committee")
    assert matrix(page)["UBND phường Số 0"] == [1, 2, 0, 0, 3]
    rows = browser.get(f"/tasks?view=overdue&unit={world.wards[0].id}&band=1-30").select("tbody th a")
    assert [row["href"] for row in rows] == [f"/tasks/{paused.id}"]


tasks = st.lists(
    st.tuples(
        st.integers(0, 3),
        st.integers(-20, 240),
        st.sampled_from(["assigned", "in_progress", "returned", "submitted", "suspended", "closed"]),
        st.one_of(st.none(), st.tuples(st.integers(0, 120), st.integers(0, 120), st.booleans())),
    ),
    max_size=8,
)


@given(tasks=tasks)
@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_page_rows_files_and_command_say_the_same(
    client: Client, app: Flask, world: World, tasks: list[tuple[int, int, str, tuple[int, int, bool] | None]]
) -> None:
    for stored in (Review, Suspension, TaskStatePassed, Task):
        db.session.query(stored).delete()
    for unit, days, state, pause in tasks:
        due = TODAY - timedelta(days=days)
        task = make_task([*world.wards, world.gone][unit], state, due_on=due)
        if pause:
            add_pause(task, TODAY - timedelta(days=max(pause[:2])), TODAY - timedelta(days=min(pause[:2])), pause[2])
    db.session.commit()
    browser = client.sign_in(world.committee)
    shown = matrix(browser.get("/committee"))
    total = shown.pop("Tổng cộng", [0, 0, 0, 0, 0])
    assert count_on(browser.get("/tasks?view=overdue")) == total[-1]
    for place, band in enumerate(BUCKETS):
        assert count_on(browser.get("/tasks", view="overdue", band=band)) == total[place]
    lines = list(csv.reader(io.StringIO(browser.http.get("/committee/overdue.csv").data.decode("utf-8-sig"))))[1:]
    assert {line[1]: [int(cell) for cell in line[2:]] for line in lines} == {**shown, "Tổng cộng": total}
    with browser.http.get("/committee/overdue.xlsx") as file:
        book = load_workbook(io.BytesIO(file.data))
    cells = [[cell or "" for cell in row] for row in book.active.iter_rows(values_only=True)]
    assert [[str(cell or 0) for cell in row[2:]] for row in cells[-len(lines) :]] == [line[2:] for line in lines]
    answer = cli_overdue(app, TODAY.isoformat())
    assert answer["total"] == total[-1]
    assert {one["name"]: [one[band] for band in (*BUCKETS, "total")] for one in answer["units"]} == shown
    export = browser.http.get("/tasks/export.csv?view=overdue").data.decode("utf-8-sig")
    assert len(list(csv.reader(io.StringIO(export)))) - 1 == total[-1]


def add_pause(task: Task, first: date, last: date, returned: bool) -> None:
    if returned:
        at = datetime(last.year, last.month, last.day, 3, tzinfo=UTC)
        db.session.add(Review(task_id=task.id, accepted=False, reason="Thiếu", submitted_on=first, at=at))
    else:
        db.session.add(Suspension(task_id=task.id, starts_on=first, ends_on=last, reason="Chờ", decision="1/QĐ"))


def pass_state(task: Task, state: str, on: date) -> None:
    db.session.add(TaskStatePassed(task_id=task.id, state=state, at=end_of_day(on), due_on=task.due_on))
    db.session.commit()


def test_a_past_day_is_told_from_what_the_log_kept(app: Flask, world: World, client: Client) -> None:
    closed = make_task(world.wards[0], "closed", due_on=date(2026, 8, 3), closed_at=datetime(2026, 9, 1, 3, tzinfo=UTC))
    pass_state(closed, "in_progress", date(2026, 7, 1))
    pass_state(closed, "closed", date(2026, 9, 1))
    assert cli_overdue(app, "2026-08-20")["buckets"] == {"1-30": 1, "31-60": 0, "61-90": 0, "90+": 0}
    assert cli_overdue(app, "2026-09-02")["total"] == 0
    months = last_months(visible(actor_of(world.committee), TODAY), TODAY)
    assert {month.first.month: month.overdue for month in months}[8] == 1
    assert {month.first.month: month.closed for month in months}[9] == 1
    browser = client.sign_in(world.committee)
    assert count_on(browser.get("/tasks", **{"view": "all", "overdue-on": "31/08/2026"})) == 1
    assert count_on(browser.get("/tasks", view="all", closed="01/09/2026")) == 1


def test_the_last_month_is_today(world: World) -> None:
    make_task(world.wards[0], "in_progress", due_on=date(2026, 9, 8), assigned_on=date(2026, 8, 17))
    months = last_months(visible(actor_of(world.committee), TODAY), TODAY)
    assert len(months) == 12
    assert (months[-1].overdue, months[-2].opened) == (1, 1)


def test_signs_open_their_rows(client: Client, world: World) -> None:
    make_task(world.wards[0], "in_progress", extended_count=2, last_report_at=AT)
    make_task(world.wards[0], "returned", returned_count=2, last_report_at=AT)
    make_task(world.wards[0], "in_progress", assigned_at=datetime(2026, 6, 1, tzinfo=UTC))
    late = make_task(world.wards[0], "closed", due_on=date(2026, 9, 1), closed_at=AT)
    late.submitted_on = date(2026, 9, 10)
    db.session.commit()
    browser = client.sign_in(world.committee)
    links = browser.get("/committee").select("a[href*=signal]")
    assert len(links) == 4
    for link in links:
        assert len(browser.get(str(link["href"])).select("tbody tr")) == 1


def test_a_unit_is_reminded_after_a_preview_and_once_in_a_period(client: Client, world: World) -> None:
    head = make_head(world.wards[0])
    make_task(world.wards[0], "in_progress", due_on=date(2026, 9, 8))
    browser = client.sign_in(world.committee)
    preview = browser.get(f"/committee/reminders?unit={world.wards[0].id}")
    assert "có 1 nhiệm vụ khắc phục quá hạn" in preview.text
    browser.post("/committee/reminders", {"units": str(world.wards[0].id)})
    run_waiting("default")
    notices = db.session.query(Notice).filter_by(person_id=head.id).all()
    assert [notice.path for notice in notices] == ["/tasks?view=overdue"]
    assert "Đã nhắc 14/09/2026" in browser.get("/committee").text
    again = browser.post("/committee/reminders", {"units": str(world.wards[0].id)}, status=422)
    assert "chỉ nhắc một lần" in again.text
    with transaction(), pytest.raises(Refused):
        remind_unit(world.wards[0], 1, by=actor_of(world.committee), at=AT + timedelta(days=4))
    with transaction():
        remind_unit(world.wards[0], 1, by=actor_of(world.committee), at=AT + timedelta(days=7))


def test_the_wall_shows_the_same_figures(client: Client, world: World) -> None:
    make_task(world.wards[0], "in_progress", due_on=date(2026, 9, 8))
    browser = client.sign_in(world.committee)
    wall = browser.get("/committee?wall=1")
    assert wall.select("html[data-density=wall]")
    assert matrix(wall) == matrix(browser.get("/committee"))


def test_a_calm_page_when_nothing_is_overdue(client: Client, world: World) -> None:
    assert "Không có nhiệm vụ nào quá hạn" in client.sign_in(world.committee).get("/committee").text


def test_a_unit_does_not_see_the_committees_screen(client: Client, world: World) -> None:
    head = client.sign_in(make_head(world.wards[0]))
    for path in ("/committee", "/committee/overdue.csv", "/committee/reminders"):
        head.get(path, status=403)


def test_the_number_of_statements_does_not_grow_with_the_rows(client: Client, world: World) -> None:
    browser = client.sign_in(world.committee)
    add_many(world, 10)
    few = {path: statements(browser, path) for path in ("/committee", "/tasks?view=overdue", "/tasks")}
    add_many(world, 290)
    many = {path: statements(browser, path) for path in few}
    assert many == few
    frame = statements(browser, "/notices")
    assert many["/tasks"] <= frame + 4


def add_many(world: World, count: int) -> None:
    from inspect_app.units.models import Post

    post = db.session.query(Post).filter_by(unit_id=world.wards[0].id).first()
    if post is None:
        make_task(world.wards[0])
        post = db.session.query(Post).filter_by(unit_id=world.wards[0].id).one()
    last = db.session.query(db.func.max(Task.number)).scalar() or 0
    for number in range(count):
        due = TODAY - timedelta(days=number % 200)
        task = Task(
            year=2026,
            number=last + number + 1,
            unit_id=world.wards[0].id,
            post_id=post.id,
            state="in_progress",
            what=f"Việc {number}",
            deliverable="Báo cáo",
            original_due_on=due,
            due_on=due,
            created_at=AT,
            assigned_at=AT,
            assigned_on=AT.date(),
        )
        db.session.add(task)
        db.session.flush()
        if number % 4 == 0:
            add_pause(task, due, due + timedelta(days=3), number % 8 == 0)
    db.session.commit()


def statements(browser: Client, path: str) -> int:
    seen: list[str] = []
    engine = db.session.connection().engine

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if statement.lstrip().upper().startswith("SELECT"):
            seen.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    try:
        browser.get(path)
    finally:
        event.remove(engine, "before_cursor_execute", note)
    return len(seen)


def test_a_total_of_more_units_than_are_shown_says_so(client: Client, world: World) -> None:
    for number in range(13):
        make_task(make_unit(f"UBND xã Thứ {number}", under=world.city), "assigned", due_on=date(2026, 9, 1))
    browser = client.sign_in(world.committee)
    assert browser.get("/committee").select("tr.total th")[0].get_text() == "Tổng cộng 13 đơn vị"
    assert browser.get("/committee", all="1").select("tr.total th")[0].get_text() == "Tổng cộng"
    with browser.http.get("/committee/overdue.xlsx") as file:
        assert load_workbook(io.BytesIO(file.data)).active.title == "Quá hạn theo đơn vị"
