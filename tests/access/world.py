"""Two units that know nothing of each other, each with one of everything; and a person of every role for the first."""

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from inspect_app.accounts.models import Person, RoleGrant, SignIn
from inspect_app.calendars.models import DayOverride
from inspect_app.db import db
from inspect_app.documents.models import Attachment, RenderJob, StoredFile
from inspect_app.inspections.models import Explanation, Inspection
from inspect_app.notifications.models import Mail, Notice
from inspect_app.permissions import Role
from inspect_app.plans.models import Plan, PlanExclusion, PlanTarget, PlanVersion
from inspect_app.queue import Outbox
from inspect_app.rubrics.actions import load_shipped_rubrics
from inspect_app.rubrics.queries import newest_version
from inspect_app.sync.models import Parked
from inspect_app.sync.models_doors import SyncUpload
from inspect_app.tasks.models import Extension
from inspect_app.units.models import Post, Tenure, Unit
from tests.makers import (
    AT,
    add,
    grant,
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

ROLES = tuple(role.value for role in Role)


@dataclass
class Side:
    """One city with a unit and one of everything that belongs to it: what stands in an address, by its name there."""

    city: Unit
    unit: Unit
    inspection: Inspection
    parts: dict[str, Any] = field(default_factory=dict)


@dataclass
class World:
    """Own and other side, and the people by role; `no-role` is signed in and holds nothing."""

    own: Side
    other: Side
    people: dict[str, Person]


def make_world() -> World:
    load_shipped_rubrics(AT, make_person("Người nạp"))
    own, other = _side("Đơn vị mình"), _side("Đơn vị khác")
    people = {role.value: make_officer(role, own.city, role.value) for role in Role if role is not Role.HEAD}
    people["head"] = make_head(own.unit, "head")
    focal = people["focal_point"]
    db.session.query(RoleGrant).filter_by(person_id=focal.id).update({"unit_id": own.unit.id})
    for role in ("lead", "member"):
        put_on_team(own.inspection, people[role], role)
        put_on_team(own.parts["field"], people[role], role)
    people["no-role"] = make_person("Không vai trò")
    own.parts["upload_id"] = _upload(own, people["member"]).id
    other.parts["upload_id"] = _upload(other, make_person("Người gửi khác")).id
    db.session.commit()
    return World(own, other, people)


def _side(name: str) -> Side:
    city = make_city(f"Thành phố của {name}")
    unit = make_unit(f"UBND phường {name}", under=city)
    version = newest_version("kiem-tra-mau-7")
    plan = add(Plan(unit_id=city.id, year=2026, denominator_on=date(2026, 1, 1), created_at=AT))
    add(PlanTarget(plan_id=plan.id, group="", pct=30))
    fields = {"plan_id": plan.id, "rubric_version_id": version.id, "notified_at": AT, "started_at": AT}
    inspection = make_inspection(unit, city, "follow_up", **fields)
    side = Side(city, unit, inspection)
    head = make_head(unit, f"Thủ trưởng {name}")
    side.parts = {
        **_plan_parts(plan, unit, city),
        **_task_parts(inspection, unit, head),
        **_file_parts(inspection, unit),
        **_account_parts(unit, head),
        "inspection_id": inspection.id,
        "field": make_inspection(make_unit(f"UBND xã {name}", under=city), city, "in_progress", **fields),
        "review": make_inspection(unit, city, "in_review", year=2025, review_until=date(2026, 9, 30), **fields),
        "unit_id": unit.id,
        "version_id": version.id,
    }
    late = {"mutation_id": "x", "author_id": head.id, "inspection_id": side.parts["field"].id, "body": "{}"}
    side.parts["parked_id"] = add(Parked(**late, reason="closed", received_at=AT)).id
    return side


def _plan_parts(plan: Plan, unit: Unit, city: Unit) -> dict[str, Any]:
    add(PlanVersion(plan=plan, number=1, state="draft", created_at=AT))
    line = make_inspection(make_unit("UBND xã trong kế hoạch", under=city), city, "proposed", plan_id=plan.id)
    excluded = PlanExclusion(plan_id=plan.id, unit_id=unit.id, reason="Đang sắp xếp", decision="", recorded_at=AT)
    return {"plan_id": plan.id, "line_id": line.id, "exclusion_id": add(excluded).id, "number": 1}


def _task_parts(inspection: Inspection, unit: Unit, head: Person) -> dict[str, Any]:
    finding = make_finding(inspection, "remediating")
    task = make_task(unit, "in_progress", finding_id=finding.id, inspection_id=inspection.id)
    extension = Extension(
        task_id=task.id,
        number=1,
        due_before=date(2026, 9, 30),
        wished_due=date(2026, 10, 9),
        reason="Chờ dữ liệu",
        requested_by_id=head.id,
        requested_at=AT,
    )
    explanation = Explanation(
        inspection_id=inspection.id,
        criterion_code="1.1",
        round=1,
        words="Đã có văn bản",
        explained_by_id=head.id,
        explained_at=AT,
    )
    return {
        "explanation_id": add(explanation).id,
        "finding_id": finding.id,
        "task_id": task.id,
        "extension_id": add(extension).id,
    }


def _file_parts(inspection: Inspection, unit: Unit) -> dict[str, Any]:
    stored = add(
        StoredFile(sha256="0" * 64, size=1, media_type="image/jpeg", name="a.jpg", unit_id=unit.id, uploaded_at=AT)
    )
    attachment = Attachment(
        file_id=stored.id,
        thing_type="inspection",
        thing_id=inspection.id,
        unit_id=unit.id,
        purpose="evidence",
        added_at=AT,
    )
    render = RenderJob(
        thing_type="inspection",
        thing_id=inspection.id,
        unit_id=unit.id,
        paper="minutes",
        data_hash="0" * 64,
        asked_at=AT,
    )
    return {"attachment_id": add(attachment).id, "render_id": add(render).id}


def _upload(side: Side, person: Person) -> SyncUpload:
    return add(
        SyncUpload(
            author_id=person.id,
            inspection_id=side.inspection.id,
            metadata_hash="0" * 64,
            body="{}",
            device="T1",
            criterion_code="1.1",
            name="a.jpg",
            sha256="0" * 64,
            size=1,
            asked_at=AT,
            outcome="",
        )
    )


def _account_parts(unit: Unit, head: Person) -> dict[str, Any]:
    tenure = db.session.query(Tenure).filter_by(person_id=head.id).one()
    post = db.session.query(Post).filter_by(unit_id=unit.id).one()
    sign_in = add(SignIn(person_id=head.id, started_at=AT))
    notice = Notice(
        person_id=head.id, message="Tin", facts={}, path="/", thing_type="unit", thing_id=unit.id, created_at=AT
    )
    mail = Mail(to_address="a@b.example", subject="Tin", body="Tin", created_at=AT)
    day = db.session.query(DayOverride).first() or add(
        DayOverride(day=date(2026, 12, 24), works=False, reason="Nghỉ bù", recorded_at=AT)
    )
    job = Outbox(queue="default", job="x", arguments=[], created_at=AT, next_at=AT, failed_at=AT)
    return {
        "person_id": head.id,
        "grant_id": grant(head, Role.MEMBER, unit).id,
        "session_id": sign_in.id,
        "post_id": post.id,
        "tenure_id": tenure.id,
        "notice_id": add(notice).id,
        "mail_id": add(mail).id,
        "override_id": day.id,
        "job_id": add(job).id,
    }
