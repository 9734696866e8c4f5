"""The conclusion: drafted by the office or the leader, issued by the authority, read by the unit, on paper."""

from datetime import date

import pytest
from flask import Flask

from inspect_app.db import db
from inspect_app.documents.models import RenderJob
from inspect_app.documents.offers import source_of
from inspect_app.findings.rules import State as FindingState
from inspect_app.inspections.models import Inspection
from inspect_app.permissions import Role
from inspect_app.tasks.models import Task
from inspect_app.tasks.queries import tasks_of_inspection
from inspect_app.tasks.rules import State as TaskState
from inspect_app.units.models import UnitLink
from tests.client import Client
from tests.makers import (
    AT,
    make_city,
    make_finding,
    make_head,
    make_inspection,
    make_officer,
    make_person,
    make_task,
    make_unit,
    put_on_team,
)

TYPED = {"what": "Niêm yết đủ 112 thủ tục", "deliverable": "Ảnh niêm yết", "term_days": "10"}


class World:
    def __init__(self) -> None:
        self.city = make_city()
        self.ward = make_unit("UBND phường Ô Chợ Dừa", under=self.city)
        self.head = make_head(self.ward)
        self.office = make_officer(Role.OFFICE, self.city)
        self.authority = make_officer(Role.AUTHORITY, self.city, "Nguyễn Hữu Thắng")
        self.lead = make_person("Trưởng Đoàn")
        self.inspection = make_inspection(self.ward, self.city, "reported", notified_at=AT)
        put_on_team(self.inspection, self.lead)
        self.finding = make_finding(
            self.inspection, "confirmed", recommendation="Niêm yết đủ thủ tục", named_person="Ông Bí Mật"
        )
        self.path = f"/inspections/{self.inspection.id}/conclusion"


@pytest.fixture
def world(database: None) -> World:
    return World()


def draft(client: Client, world: World, person: object, **changes: str) -> None:
    typed = {f"new-{world.finding.id}-{name}": value for name, value in (TYPED | changes).items()}
    client.sign_in(person).submit(world.path, "/drafts", **typed)  # type: ignore[arg-type]


def test_the_story_from_draft_to_issued_tasks(client: Client, world: World) -> None:
    draft(client, world, world.office)
    page = client.sign_in(world.lead).get(world.path)
    assert "10 ngày làm việc, hạn 28/09/2026 nếu ban hành hôm nay" in page.text
    assert not client.sign_in(world.office).get(world.path).select("form#form-conclusion")
    authority = client.sign_in(world.authority)
    issued = {"conclusion-number": "214/TB-UBND", "conclusion-issued_on": "14/09/2026"}
    authority.submit(world.path, "/conclusion", **issued)
    task = tasks_of_inspection(world.inspection.id)[0]
    assert (task.state, task.due_on, task.post.is_head) == (TaskState.ASSIGNED, date(2026, 9, 28), True)
    assert str(db.session.get_one(Inspection, world.inspection.id).state) == "follow_up"
    assert db.session.get_one(type(world.finding), world.finding.id).state is FindingState.REMEDIATING
    unit = client.sign_in(world.head).get(world.path)
    assert "Số 214/TB-UBND, ngày 14/09/2026" in unit.text
    assert TYPED["what"] in client.sign_in(world.head).get("/tasks").text
    assert db.session.query(RenderJob).filter_by(paper="conclusion").count() == 1


def test_a_draft_is_changed_and_taken_out_again(client: Client, world: World) -> None:
    draft(client, world, world.lead)
    task = db.session.query(Task).one()
    office = client.sign_in(world.office)
    office.submit(world.path, f"/drafts/{task.id}", **{f"draft-{task.id}-term_days": "20"})
    db.session.expire_all()
    assert db.session.get_one(Task, task.id).term_days == 20
    office.submit(world.path, "/removal")
    assert db.session.query(Task).count() == 0


def test_an_undecided_finding_or_one_without_a_task_stops_the_issue(client: Client, world: World) -> None:
    issued = {"conclusion-number": "214/TB-UBND", "conclusion-issued_on": "14/09/2026"}
    authority = client.sign_in(world.authority)
    page = authority.submit(world.path, "/conclusion", status=422, **issued)
    assert "chưa có nhiệm vụ khắc phục: 1.1" in page.text
    assert "214/TB-UBND" in str(page.soup)
    make_finding(world.inspection, "replied", criterion_code="2.2")
    assert "chưa có quyết định xử lý: 2.2" in authority.get(world.path).text


def test_a_task_needs_its_product(client: Client, world: World) -> None:
    typed = {f"new-{world.finding.id}-{name}": value for name, value in (TYPED | {"deliverable": ""}).items()}
    page = client.sign_in(world.office).submit(world.path, "/drafts", status=422, **typed)
    assert "Cần điền mục này" in page.text
    assert TYPED["what"] in page.text


def test_the_unit_and_others_see_nothing_before_the_issue(client: Client, world: World) -> None:
    client.sign_in(world.head).get(world.path, status=403)
    client.sign_in(make_officer(Role.VERIFIER, world.city)).get(world.path, status=403)
    client.sign_in(world.office).post(world.path, {"conclusion-number": "1"}, status=403)
    client.sign_in(world.authority).post(f"{world.path}/drafts", {}, status=403)
    client.sign_in(make_head(make_unit("UBND xã Khác", under=world.city))).get(world.path, status=404)


def test_a_stale_page_is_told_what_changed(client: Client, world: World) -> None:
    draft(client, world, world.office)
    authority = client.sign_in(world.authority)
    page = authority.get(world.path)
    values = page.values(page.form("/conclusion"))
    world.inspection.version += 1
    db.session.commit()
    typed = {**values, "conclusion-number": "214/TB-UBND", "conclusion-issued_on": "14/09/2026"}
    answer = authority.post(world.path, typed, status=409)
    assert "214/TB-UBND" in str(answer.soup)


def test_the_paper_has_three_parts_and_names_post_and_day(app: Flask, world: World) -> None:
    make_task(world.ward, "draft", inspection_id=world.inspection.id, finding_id=world.finding.id, term_days=10)
    source = source_of("conclusion", world.inspection.id)
    assert source.draft
    for words in ("I. KẾT QUẢ ĐẠT ĐƯỢC", "II. TỒN TẠI, HẠN CHẾ, NGUYÊN NHÂN", "III. YÊU CẦU, NHIỆM VỤ"):
        assert words in source.html
    assert "Giao Chủ tịch UBND phường" in source.html
    assert "Hoàn thành trước hết ngày" in source.html
    assert "Ông Bí Mật" not in source.html


def test_a_central_agency_is_recommended_to_with_a_copy_to_its_superior(
    app: Flask, client: Client, world: World
) -> None:
    ministry = make_unit("Bộ Thử")
    agency = make_unit("Thuế thành phố Thử", under=ministry)
    db.session.add(UnitLink(unit_id=agency.id, coordinated_by_id=world.city.id))
    db.session.commit()
    inspection = make_inspection(agency, world.city, "reported")
    put_on_team(inspection, world.lead)
    page = client.sign_in(world.lead).get(f"/inspections/{inspection.id}/conclusion")
    assert "kết luận mang tính kiến nghị" in page.text
    source = source_of("conclusion", inspection.id)
    assert "III. KIẾN NGHỊ" in source.html
    assert "Cơ quan cấp trên trực tiếp của Thuế thành phố Thử (Bộ Thử)" in source.html
