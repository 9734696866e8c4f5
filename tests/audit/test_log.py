"""The log: appended, chained, and shown to each only as far as they may see."""

from datetime import timedelta
from uuid import UUID

import pytest
from click.testing import Result
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from inspect_app.accounts.models import Person
from inspect_app.audit.actions import SYSTEM_ACTOR, record
from inspect_app.audit.models import AuditHead
from inspect_app.audit.queries import broken_at, chains_without_head, heads
from inspect_app.commands import cli
from inspect_app.db import db
from inspect_app.documents.models import Attachment, StoredFile
from inspect_app.permissions import Role
from inspect_app.plans.actions import create_plan
from inspect_app.plans.queries import latest_version
from inspect_app.preferences import set_preference
from inspect_app.units.models import Unit
from tests.client import Client
from tests.committee.test_pages import statements
from tests.conftest import NOW
from tests.makers import (
    actor_of,
    add,
    make_city,
    make_finding,
    make_inspection,
    make_officer,
    make_person,
    make_task,
    make_unit,
)


@pytest.fixture
def city(database: None) -> Unit:
    return make_city()


@pytest.fixture
def unit(city: Unit) -> Unit:
    return make_unit("UBND phường Láng", under=city)


def reader(client: Client, role: Role, unit: Unit) -> Client:
    return client.sign_in(make_officer(role, unit, f"Người đọc {role}"))


def rows(page: object) -> list[str]:
    return [" ".join(row.get_text(" ").split()) for row in page.select("tbody tr")]


def forge(sql: str, **values: object) -> None:
    """What somebody with the keys of the database would do: the triggers go first."""
    if db.engine.dialect.name == "sqlite":
        names = db.session.scalars(text("SELECT name FROM sqlite_master WHERE type = 'trigger'")).all()
        for name in names:
            db.session.execute(text(f"DROP TRIGGER {name}"))
    else:
        db.session.execute(text("ALTER TABLE audit_entry DISABLE TRIGGER USER"))
    db.session.execute(text(sql), values)
    db.session.expire_all()


def act(unit: Unit, times: int = 3, action: str = "unit changed") -> AuditHead:
    for _ in range(times):
        record(action, unit, by=SYSTEM_ACTOR, at=NOW, reason="Sửa tên")
    db.session.flush()
    return db.session.scalar(select(AuditHead).where(AuditHead.chain == str(unit.id)))


def test_the_database_refuses_to_change_or_delete_an_entry(unit: Unit) -> None:
    act(unit)
    for change in ("UPDATE audit_entry SET reason = 'x'", "DELETE FROM audit_entry"):
        with pytest.raises(DBAPIError), db.session.begin_nested():
            db.session.execute(text(change))


def test_a_chain_that_nobody_touched_holds(unit: Unit) -> None:
    assert broken_at(act(unit)) is None
    assert [broken_at(head) for head in heads()] == [None]


@pytest.mark.parametrize("column", ["reason", "actor_name", "action"])
def test_a_changed_entry_is_found(unit: Unit, column: str) -> None:
    head = act(unit)
    forge(f"UPDATE audit_entry SET {column} = 'khác' WHERE seq = 2")
    assert broken_at(head) == 2


def test_a_missing_entry_is_found_wherever_it_was(unit: Unit) -> None:
    head = act(unit)
    for seq in (3, 2, 1):
        with db.session.begin_nested() as point:
            forge("DELETE FROM audit_entry WHERE seq = :seq", seq=seq)
            assert broken_at(head) == seq
            point.rollback()


def test_a_head_that_was_taken_away_is_found(unit: Unit) -> None:
    act(unit)
    db.session.execute(text("DELETE FROM audit_head"))
    assert chains_without_head() == [str(unit.id)]


def run(client: Client, monkeypatch: pytest.MonkeyPatch, *words: str, typed: str = "") -> Result:
    command = cli.commands[words[0]]
    with client.app.app_context():
        from click.testing import CliRunner

        return CliRunner().invoke(command, list(words[1:]), input=typed)


def test_the_command_prints_every_head_and_fails_when_one_is_broken(
    client: Client, unit: Unit, monkeypatch: pytest.MonkeyPatch
) -> None:
    import json

    head = act(unit)
    good = run(client, monkeypatch, "verify-log")
    said = json.loads(good.stdout)
    assert good.exit_code == 0 and said["holds"]
    assert said["chains"] == [
        {
            "chain": str(unit.id),
            "unit": "UBND phường Láng",
            "entries": 3,
            "head": head.hash,
            "holds": True,
            "broken_at": None,
        }
    ]
    forge("UPDATE audit_entry SET reason = 'khác' WHERE seq = 3")
    bad = run(client, monkeypatch, "verify-log")
    assert bad.exit_code == 1 and not json.loads(bad.stdout)["holds"] and "does not hold" in bad.stderr


def test_an_auditor_reads_all_of_their_scope_and_the_office_all_but_accounts(
    client: Client, city: Unit, unit: Unit
) -> None:
    elsewhere = make_city("Tỉnh khác")
    for thing, action in (
        (make_inspection(unit, city), "inspection rescheduled"),
        (make_person("Trần Bị Sửa", unit_id=unit.id), "person changed"),
        (make_inspection(elsewhere, elsewhere), "inspection rescheduled"),
        (set_preference("task_days", 20, at=NOW), "setting changed"),
    ):
        db.session.flush()
        record(action, thing, by=SYSTEM_ACTOR, at=NOW)
    db.session.commit()
    auditor = rows(reader(client, Role.AUDITOR, city).get("/log"))
    office = rows(reader(client, Role.OFFICE, city).get("/log"))
    admin = rows(reader(client, Role.ADMIN, city).get("/log"))
    assert sorted("Cuộc kiểm tra" in row for row in auditor) == [False, False, True]
    assert any("Trần Bị Sửa" in row for row in auditor)
    assert len(office) == 2 and not any("Tài khoản" in row for row in office)
    assert len(admin) == 2 and not any("Cuộc kiểm tra" in row for row in admin)


def test_an_unannounced_inspection_is_in_nobodys_log_before_it_begins_but_the_offices(
    client: Client, city: Unit, unit: Unit
) -> None:
    secret = make_inspection(unit, city, "notified", form="unannounced")
    file = add(StoredFile(sha256="0" * 64, size=1, media_type="application/pdf", name="x.pdf", uploaded_at=NOW))
    paper = add(
        Attachment(
            file_id=file.id,
            thing_type="inspection",
            thing_id=secret.id,
            unit_id=unit.id,
            purpose="decision",
            added_at=NOW,
        )
    )
    record("inspection rescheduled", secret, by=SYSTEM_ACTOR, at=NOW, reason="Kiểm tra đột xuất")
    record("file attached", paper, by=SYSTEM_ACTOR, at=NOW)
    db.session.commit()
    auditor, office = reader(client, Role.AUDITOR, city), reader(client, Role.OFFICE, city)
    assert rows(auditor.get("/log")) == []
    assert len(rows(office.get("/log"))) == 2
    secret.started_at = NOW
    db.session.commit()
    assert len(rows(auditor.get("/log"))) == 2


def test_a_reason_that_may_name_somebody_is_for_those_who_may_know(client: Client, city: Unit, unit: Unit) -> None:
    finding = make_finding(make_inspection(unit, city, "in_progress"), named_person="Nguyễn Văn Sai")
    record("finding raised", finding, by=SYSTEM_ACTOR, at=NOW, reason="Nguyễn Văn Sai nhận hồ sơ quá giờ")
    db.session.commit()
    assert "Văn Sai" not in reader(client, Role.AUDITOR, city).get("/log").text
    assert "Văn Sai" in reader(client, Role.OFFICE, city).get("/log").text


@pytest.mark.parametrize(
    "role", [Role.LEAD, Role.MEMBER, Role.AUTHORITY, Role.COMMITTEE, Role.VERIFIER, Role.FOCAL_POINT]
)
def test_nobody_else_reads_the_log(client: Client, city: Unit, role: Role) -> None:
    visitor = reader(client, role, city)
    visitor.get("/log", status=403)
    visitor.get("/log/verification", status=403)


def test_the_log_is_narrowed_by_unit_person_action_and_day(client: Client, city: Unit, unit: Unit) -> None:
    lan: Person = make_person("Lan")
    act(unit, 2)
    record("unit created", city, by=actor_of(lan), at=NOW - timedelta(days=3))
    db.session.commit()
    auditor = reader(client, Role.AUDITOR, city)
    assert len(rows(auditor.get("/log"))) == 3
    assert len(rows(auditor.get("/log", unit=str(unit.id)))) == 2
    assert len(rows(auditor.get("/log", person=str(lan.id)))) == 1
    assert len(rows(auditor.get("/log", action="unit changed"))) == 2
    assert len(rows(auditor.get("/log", since="12/09/2026"))) == 2
    assert len(rows(auditor.get("/log", until="11/09/2026"))) == 1
    shown = auditor.get("/log", unit=str(unit.id), person=str(lan.id))
    assert "Không có mục nào khớp" in shown.text
    assert {tag.text for tag in shown.select("option[selected]")} >= {"UBND phường Láng", "Lan"}
    for wild in ({"unit": "rác"}, {"since": "31/02/2026"}, {"after": "rác"}, {"action": "' OR 1=1 --"}):
        assert auditor.get("/log", **wild).status == 200


def test_the_log_turns_its_pages_newest_first_without_gap_or_repetition(client: Client, city: Unit, unit: Unit) -> None:
    for number in range(70):
        record(
            "unit changed", unit, by=SYSTEM_ACTOR, at=NOW - timedelta(minutes=number // 7), reason=f"lần {number:02}."
        )
    db.session.commit()
    auditor = reader(client, Role.AUDITOR, city)
    first = auditor.get("/log")
    after = str(first.select("a[rel=next]")[0]["href"]).split("after=")[1]
    second = auditor.get("/log", after=after)
    shown = rows(first) + rows(second)
    assert len(shown) == 70 and len(set(shown)) == 70
    assert UUID(after)


def test_the_proof_page_reads_the_chains_again(client: Client, city: Unit, unit: Unit) -> None:
    act(unit)
    db.session.commit()
    auditor = reader(client, Role.AUDITOR, city)
    page = auditor.get("/log/verification")
    assert "Nhật ký nguyên vẹn" in page.text and "UBND phường Láng" in page.text
    forge("UPDATE audit_entry SET reason = 'khác' WHERE seq = 2")
    page = auditor.get("/log/verification")
    assert "Không khớp từ mục 2" in page.text and "1 chuỗi không còn khớp" in page.text


def test_a_long_chain_is_checked_when_asked_for(
    client: Client, city: Unit, unit: Unit, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("inspect_app.audit.views.BUDGET", 2)
    act(unit)
    db.session.commit()
    auditor = reader(client, Role.AUDITOR, city)
    assert "Kiểm tra chuỗi này" in auditor.get("/log/verification").text
    assert "Khớp" in auditor.get("/log/verification", chain=str(unit.id)).text


def test_the_administrator_checks_the_systems_chain_only(client: Client, city: Unit, unit: Unit) -> None:
    act(unit)
    record("setting changed", set_preference("task_days", 20, at=NOW), by=SYSTEM_ACTOR, at=NOW)
    db.session.commit()
    page = reader(client, Role.ADMIN, city).get("/log/verification")
    assert "Hệ thống" in page.text and "UBND phường Láng" not in page.text


def test_entries_open_the_things_that_their_reader_may_see(client: Client, city: Unit, unit: Unit) -> None:
    inspection, officer = make_inspection(unit, city), make_officer(Role.OFFICE, city)
    finding, draft = make_finding(inspection), make_finding(inspection, "draft")
    task, plan = make_task(unit, inspection_id=inspection.id), create_plan(city, 2026, by=actor_of(officer), at=NOW)
    for action, thing in (
        ("inspection planned", inspection),
        ("finding raised", finding),
        ("finding changed", draft),
        ("task assigned", task),
        ("unit changed", unit),
        ("person changed", officer),
    ):
        record(action, thing, by=SYSTEM_ACTOR, at=NOW)
    record("plan submitted", latest_version(plan.id), by=SYSTEM_ACTOR, at=NOW)
    db.session.commit()
    office = reader(client, Role.OFFICE, city)
    links = {str(link["href"]) for link in office.get("/log").select("tbody a")}
    assert links == {
        *(f"/inspections/{inspection.id}", f"/findings/{finding.id}", f"/tasks/{task.id}"),
        *(f"/units/{unit.id}", f"/plans/{plan.id}"),
    }
    for link in links:
        office.get(link)


def test_the_links_of_the_log_cost_the_same_however_many_they_are(client: Client, city: Unit, unit: Unit) -> None:
    office = reader(client, Role.OFFICE, city)
    counts = []
    for _ in range(2):
        for _ in range(5):
            inspection = make_inspection(unit, city)
            for thing in (inspection, make_finding(inspection), make_task(unit)):
                record("inspection planned", thing, by=SYSTEM_ACTOR, at=NOW)
        db.session.commit()
        counts.append(statements(office, "/log"))
    assert counts[0] == counts[1]
