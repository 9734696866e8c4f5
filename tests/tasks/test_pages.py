"""What each role sees of tasks and may do on their pages."""

from datetime import date
from io import BytesIO

import pytest

from inspect_app.db import db
from inspect_app.permissions import Role
from inspect_app.tasks.models import Extension, Task
from inspect_app.tasks.queries import extensions_of, reports_of
from inspect_app.tasks.rules import ExtensionState
from inspect_app.tasks.rules import State as TaskState
from tests.client import Client
from tests.makers import make_city, make_finding, make_head, make_inspection, make_officer, make_task, make_unit


class World:
    """A ward with a head, its city with every officer."""

    def __init__(self) -> None:
        self.city = make_city()
        self.ward = make_unit("UBND phường Ô Chợ Dừa", under=self.city)
        self.other = make_unit("UBND xã Ba Vì", under=self.city)
        self.head = make_head(self.ward, "Phạm Quốc Tuấn")
        self.office = make_officer(Role.OFFICE, self.city, "Văn Phòng")
        self.verifier = make_officer(Role.VERIFIER, self.city, "Người Xác Nhận")
        self.authority = make_officer(Role.AUTHORITY, self.city, "Người Ký")
        self.committee = make_officer(Role.COMMITTEE, self.city, "Ban Chỉ Đạo")
        self.auditor = make_officer(Role.AUDITOR, self.city, "Kiểm Toán")


@pytest.fixture
def world(database: None) -> World:
    return World()


def fresh(task: Task) -> Task:
    db.session.expire_all()
    return db.session.get_one(Task, task.id)


def test_a_head_sees_what_is_asked_by_due_date_with_one_task_open(client: Client, world: World) -> None:
    late = make_task(world.ward, "in_progress", due_on=date(2026, 9, 8), what="Công khai thủ tục")
    soon = make_task(world.ward, "acknowledged", due_on=date(2026, 9, 17), what="Gửi thư xin lỗi")
    make_task(world.ward, "submitted", due_on=date(2026, 9, 10), what="Ký số văn bản")
    make_task(world.other, "assigned", what="Việc của xã khác")
    page = client.sign_in(world.head).get("/tasks")
    assert page.h1 == "Việc cần làm của đơn vị"
    figures = [figure.get_text(" ", strip=True).split()[0] for figure in page.select(".figure")]
    assert figures == ["1", "1", "0", "1"]
    assert "Quá hạn 4 ngày làm việc" in page.text
    assert "Còn 3 ngày làm việc" in page.text
    assert "Việc của xã khác" not in page.text
    titles = [link.get_text() for link in page.select(".task h3 a")]
    assert titles == [late.what, "Ký số văn bản", soon.what]
    assert page.select("article.card h2")[0].get_text() == late.what


def test_every_figure_of_a_unit_opens_its_rows(client: Client, world: World) -> None:
    for due in (date(2026, 9, 1), date(2026, 9, 8), date(2026, 9, 15), date(2026, 12, 1)):
        make_task(world.ward, "in_progress", due_on=due)
    browser = client.sign_in(world.head)
    for figure in browser.get("/tasks").select("a.figure"):
        rows = browser.get(str(figure["href"])).select("article.task")
        assert len(rows) == int(figure.b.get_text())


def test_a_head_acknowledges_reports_with_proof_and_submits(client: Client, world: World) -> None:
    task = make_task(world.ward)
    browser = client.sign_in(world.head)
    path = f"/tasks/{task.id}"
    browser.submit(path, "/acknowledgement")
    assert fresh(task).state is TaskState.ACKNOWLEDGED
    file = (BytesIO(b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF"), "bang-chung.pdf")
    browser.submit(
        path, "/reports", **{"report-percent": "43", "report-words": "6 trên 14 thư đã gửi", "report-files": file}
    )
    assert fresh(task).percent == 43
    page = browser.get(path)
    assert "6 trên 14 thư đã gửi" in page.text
    assert "bang-chung.pdf" in page.text
    browser.submit(path, "/submission", **{"submission-words": "Đã gửi đủ"})
    assert fresh(task).state is TaskState.SUBMITTED
    assert [report.submits for report in reports_of(task.id)] == [True, False]
    assert "Nộp 14/09/2026, đúng hạn" in browser.get("/tasks").text


def test_a_verifier_returns_once_and_then_closes(client: Client, world: World) -> None:
    inspection = make_inspection(world.ward, world.city, "follow_up")
    finding = make_finding(inspection, "remediating")
    task = make_task(world.ward, "in_progress", inspection_id=inspection.id, finding_id=finding.id)
    head, verifier = client.sign_in(world.head), client.sign_in(world.verifier)
    head.submit(f"/tasks/{task.id}", "/submission", **{"submission-words": "Xong"})
    page = verifier.get(f"/tasks/{task.id}")
    assert "Sản phẩm yêu cầu" in page.text
    again = verifier.submit(f"/tasks/{task.id}", "/return", status=422, **{"return-reason": ""})
    assert "Cần điền mục này" in again.text
    verifier.submit(f"/tasks/{task.id}", "/return", **{"return-reason": "Thiếu ảnh trang 2"})
    assert "Thiếu ảnh trang 2" in head.get(f"/tasks/{task.id}").text
    head.submit(f"/tasks/{task.id}", "/submission", **{"submission-words": "Đã bổ sung"})
    verifier.submit(f"/tasks/{task.id}", "/verification")
    assert fresh(task).state is TaskState.CLOSED
    assert str(db.session.get_one(type(inspection), inspection.id).state) == "closed"


def test_a_wish_for_more_time_is_decided_by_the_office_then_the_authority_then_the_committee(
    client: Client, world: World
) -> None:
    task = make_task(world.ward, "in_progress", due_on=date(2026, 9, 17))
    head = client.sign_in(world.head)
    path = f"/tasks/{task.id}"
    assert "Thứ Năm 24/09/2026: thêm 5 ngày làm việc so với hạn 17/09/2026" in head.get(path).text
    deciders = [world.office, world.authority, world.committee]
    for number, wished in enumerate(("25/09/2026", "02/10/2026", "09/10/2026")):
        head.submit(path, "/extensions", **{"extension-wished_due": wished, "extension-reason": "Cần xác minh"})
        pending = extensions_of(task.id)[-1]
        url = f"{path}/extensions/{pending.id}/decision"
        for person in deciders:
            if person is not deciders[number]:
                client.sign_in(person).post(url, {"decision-answer": "approve"}, status=403)
        client.sign_in(deciders[number]).submit(path, "/decision", **{"decision-answer": "approve"})
    assert fresh(task).due_on == date(2026, 10, 9)
    page = head.get(path)
    assert "Hạn gốc 17/09/2026, đã gia hạn 3 lần" in page.text


def test_reporting_less_than_before_is_said_everywhere(client: Client, world: World) -> None:
    task = make_task(world.ward, "in_progress")
    head, path = client.sign_in(world.head), f"/tasks/{task.id}"
    head.submit(path, "/reports", **{"report-percent": "60", "report-words": "Đã xong 6 thư"})
    assert "Đã báo 60%" in head.get(path).text
    head.submit(path, "/reports", **{"report-percent": "56", "report-words": ""}, status=422)
    head.submit(path, "/reports", **{"report-percent": "56", "report-words": "Một thư bị trả về"})
    text = head.get(path).text
    assert "Đã ghi tiến độ 56%, thấp hơn 60% đã báo trước đó" in text
    assert "Thấp hơn 60% lần trước" in text
    assert "Báo cáo tiến độ 56%, trước đó 60%" in text
    assert fresh(task).percent == 56


def test_a_refusal_needs_a_reason_and_a_wish_can_be_withdrawn(client: Client, world: World) -> None:
    task = make_task(world.ward, "in_progress")
    head, office, path = client.sign_in(world.head), client.sign_in(world.office), f"/tasks/{task.id}"
    wish = {"extension-wished_due": "07/10/2026", "extension-reason": "Cần thêm thời gian"}
    head.submit(path, "/extensions", **wish)
    page = office.submit(path, "/decision", status=422, **{"decision-answer": "refuse"})
    assert "Hãy ghi lý do không đồng ý" in page.text
    head.submit(path, "/withdrawal")
    assert db.session.get_one(Extension, extensions_of(task.id)[0].id).state is ExtensionState.WITHDRAWN
    head.submit(path, "/extensions", **wish)


def test_a_day_off_comes_back_with_the_nearest_day_and_the_words_typed(client: Client, world: World) -> None:
    task = make_task(world.ward, "in_progress", due_on=date(2026, 11, 20))
    typed = {"extension-wished_due": "24/11/2026", "extension-reason": "Chờ dữ liệu địa chính"}
    page = client.sign_in(world.head).submit(f"/tasks/{task.id}", "/extensions", status=422, **typed)
    assert "24/11/2026 là ngày nghỉ (" in page.text and "Gần nhất: 25/11/2026." in page.text
    assert "Chờ dữ liệu địa chính" in page.text


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("07/10/2026", "Thứ Tư 07/10/2026: thêm 4 ngày làm việc so với hạn 01/10/2026"),
        ("30/09/2026", "Thứ Tư 30/09/2026: không sau hạn hiện hành 01/10/2026"),
        ("03/10/2190", "nằm ngoài lịch làm việc"),
        ("hôm nào đó", "không phải là ngày"),
    ],
)
def test_a_wish_that_comes_back_is_counted_for_the_day_that_was_typed(
    client: Client, world: World, typed: str, said: str
) -> None:
    task = make_task(world.ward, "in_progress", due_on=date(2026, 10, 1))
    wish = {"extension-wished_due": typed, "extension-reason": "Chờ" if "ngoài" in said else ""}
    page = client.sign_in(world.head).submit(f"/tasks/{task.id}", "/extensions", status=422, **wish)
    assert said in page.text and "08/10/2026" not in page.text
    assert page.values(page.form("/extensions"))["extension-wished_due"] == typed


def test_a_stale_page_says_what_changed_and_gives_the_words_back(client: Client, world: World) -> None:
    task = make_task(world.ward, "in_progress")
    head = client.sign_in(world.head)
    form = head.get(f"/tasks/{task.id}").form("/reports")
    old = head.get(f"/tasks/{task.id}").values(form)
    head.submit(f"/tasks/{task.id}", "/reports", **{"report-percent": "50", "report-words": "Nửa chặng"})
    stale = {**old, "report-percent": "60", "report-words": "Chữ đã gõ"}
    page = head.post(f"/tasks/{task.id}/reports", stale, status=409)
    assert "Báo cáo tiến độ 50%" in page.text
    assert "Chữ đã gõ" in page.text
    again = page.values(page.form("/reports"))
    head.post(f"/tasks/{task.id}/reports", again)
    assert fresh(task).percent == 60


def test_a_step_that_is_gone_keeps_the_words_typed(client: Client, world: World) -> None:
    task = make_task(world.ward, "in_progress")
    head = client.sign_in(world.head)
    page = head.get(f"/tasks/{task.id}")
    values = page.values(page.form("/submission"))
    task.state = TaskState.SUSPENDED
    db.session.commit()
    answer = head.post(f"/tasks/{task.id}/submission", {**values, "submission-words": "Bản nộp dở"}, status=422)
    assert "Bản nộp dở" in answer.text
    assert "Không thể thực hiện bước" in answer.text


def test_the_authority_suspends_resumes_and_cancels_by_decision(client: Client, world: World) -> None:
    task = make_task(world.ward, "in_progress")
    authority, path = client.sign_in(world.authority), f"/tasks/{task.id}"
    decision = {"reason": "Chờ văn bản của Bộ", "decision": "12/QĐ-UBND"}
    authority.submit(path, "/suspension", **{f"suspension-{name}": value for name, value in decision.items()})
    assert fresh(task).state is TaskState.SUSPENDED
    authority.submit(path, "/resumption")
    assert fresh(task).state is TaskState.IN_PROGRESS
    authority.submit(path, "/cancellation", **{f"cancellation-{name}": value for name, value in decision.items()})
    assert fresh(task).state is TaskState.CANCELLED


def test_the_committee_gives_up_and_takes_up_again(client: Client, world: World) -> None:
    task = make_task(world.ward, "in_progress")
    committee, path = client.sign_in(world.committee), f"/tasks/{task.id}"
    committee.submit(path, "/non-implementation", **{"drop-reason": "Không còn căn cứ"})
    assert fresh(task).state is TaskState.NOT_IMPLEMENTED
    committee.submit(path, "/reopening", **{"reopening-due_on": "30/10/2026", "reopening-reason": "Có căn cứ mới"})
    assert fresh(task).state is TaskState.IN_PROGRESS
    assert fresh(task).due_on == date(2026, 10, 30)


def test_work_of_a_dissolved_unit_waits_until_the_office_gives_it_to_somebody(client: Client, world: World) -> None:
    gone = make_unit("UBND quận Giải Thể", under=world.city, valid_to=date(2025, 6, 30))
    first, second = make_task(gone), make_task(gone, "in_progress")
    office = client.sign_in(world.office)
    page = office.get("/tasks/without-owner")
    assert "UBND quận Giải Thể" in page.text
    typed = {"tasks": [str(first.id), str(second.id)], "unit_id": str(world.ward.id), "reason": "Địa bàn cũ"}
    office.post("/tasks/without-owner", typed)
    assert {fresh(first).unit_id, fresh(second).unit_id} == {world.ward.id}
    assert "Mọi nhiệm vụ đang mở đều có đơn vị chịu trách nhiệm" in office.get("/tasks/without-owner").text
    client.sign_in(world.head).get("/tasks/without-owner", status=403)


@pytest.mark.parametrize(
    ("part", "allowed"),
    [
        ("acknowledgement", {"head"}),
        ("reports", {"head"}),
        ("submission", {"head"}),
        ("extensions", {"head"}),
        ("return", {"verifier"}),
        ("verification", {"verifier"}),
        ("suspension", {"authority"}),
        ("cancellation", {"authority"}),
        ("resumption", {"authority"}),
        ("non-implementation", {"committee"}),
        ("reopening", {"committee"}),
        ("reassignment", {"office"}),
    ],
)
def test_each_step_is_refused_to_every_other_role(client: Client, world: World, part: str, allowed: set[str]) -> None:
    task = make_task(world.ward)
    for role in ("head", "office", "verifier", "authority", "committee", "auditor"):
        if role not in allowed:
            client.sign_in(getattr(world, role)).post(f"/tasks/{task.id}/{part}", status=403)


def test_a_task_of_another_unit_is_not_there(client: Client, world: World) -> None:
    task = make_task(world.other)
    client.sign_in(world.head).get(f"/tasks/{task.id}", status=404)
    client.sign_in(world.head).post(f"/tasks/{task.id}/acknowledgement", status=404)


def test_whoever_reported_does_not_verify(client: Client, world: World) -> None:
    from tests.makers import grant

    task = make_task(world.ward, "in_progress")
    grant(world.head, Role.VERIFIER, world.city)
    browser = client.sign_in(world.head)
    browser.submit(f"/tasks/{task.id}", "/submission", **{"submission-words": "Xong"})
    assert not browser.get(f"/tasks/{task.id}").select("form[action$='/verification']")
    browser.post(f"/tasks/{task.id}/verification", status=403)


def test_the_head_of_the_successor_answers(client: Client, world: World) -> None:
    from inspect_app.units.models import UnitChange
    from inspect_app.units.rules import ChangeKind

    old = make_unit("UBND xã Cũ", under=world.city, valid_to=date(2025, 6, 30))
    db.session.add(
        UnitChange(
            on_day=date(2025, 7, 1),
            from_unit_id=old.id,
            to_unit_id=world.ward.id,
            main_successor=True,
            kind=ChangeKind.MERGE,
        )
    )
    db.session.commit()
    task = make_task(old)
    head = client.sign_in(world.head)
    assert "Tiếp nhận từ UBND xã Cũ" in head.get(f"/tasks/{task.id}").text
    head.submit(f"/tasks/{task.id}", "/acknowledgement")
    assert fresh(task).state is TaskState.ACKNOWLEDGED


def test_the_timeline_names_the_paper_behind_an_entry(client: Client, world: World) -> None:
    task = make_task(world.ward, "in_progress")
    decision = {"suspension-reason": "Bão", "suspension-decision": "12/QĐ-UBND"}
    authority = client.sign_in(world.authority)
    authority.submit(f"/tasks/{task.id}", "/suspension", **decision)
    assert "12/QĐ-UBND" in authority.get(f"/tasks/{task.id}").select(".timeline")[0].get_text()


def test_a_draft_never_stands_in_a_list(client: Client, world: World) -> None:
    make_task(world.ward, "draft", what="Còn là dự thảo")
    office = client.sign_in(world.office)
    for query in ("view=all", "state=draft", "view=running", "view=open", "view=all&state=draft"):
        assert "Còn là dự thảo" not in office.get(f"/tasks?{query}").text


def test_pages_follow_each_other_without_gap_or_repetition(client: Client, world: World) -> None:
    for number in range(120):
        make_task(world.ward, "in_progress", due_on=date(2026, 9, 1 + number % 7))
    office = client.sign_in(world.office)
    for sort in ("due", "-due", "code", "-code"):
        seen: list[str] = []
        page = office.get("/tasks", sort=sort)
        while True:
            seen += [str(link["href"]) for link in page.select("tbody th a")]
            following = page.select("a[rel=next]")
            if not following:
                break
            page = office.get(str(following[0]["href"]))
        assert len(seen) == len(set(seen)) == 120
        back = office.get(str(page.select("a[rel=prev]")[0]["href"]))
        assert [str(link["href"]) for link in back.select("tbody th a")] == seen[50:100]


def test_filters_narrow_by_unit_state_year_number_and_days(client: Client, world: World) -> None:
    first = make_task(world.ward, "in_progress", due_on=date(2026, 9, 20), what="Việc một")
    make_task(world.other, "returned", due_on=date(2026, 10, 20), what="Việc hai")
    office = client.sign_in(world.office)

    def shown(**query: str) -> list[str]:
        return [link.get_text() for link in office.get("/tasks", **query).select("tbody th a")]

    assert shown(q="o cho dua") == ["Việc một"]
    assert shown(q=first.code) == ["Việc một"]
    assert shown(state="returned") == ["Việc hai"]
    assert shown(first="01/10/2026") == ["Việc hai"]
    assert shown(last="30/09/2026") == ["Việc một"]
    assert shown(unit=str(world.other.id)) == ["Việc hai"]
    assert shown(year="2025") == []
    assert shown(unit="không phải mã", state="x", first="32/13/2026", after="x", sort="x") == ["Việc một", "Việc hai"]
