"""A city for tablets: people with sessions, units, visits. `python -m tests.faults.world FOLDER [URL]`."""

import json
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from flask import Flask
from flask_migrate import upgrade

from inspect_app import create_app
from inspect_app.accounts.models import Person, SignIn
from inspect_app.accounts.passwords import hash_password
from inspect_app.config import ROOT, Settings
from inspect_app.db import db, new_id, transaction
from inspect_app.findings.queries import as_recorded
from inspect_app.inspections.actions import Minutes, Numbered, prepare_minutes, record_answer, sign_minutes
from inspect_app.inspections.queries_review import hash_of_record
from inspect_app.inspections.rules import InspectionForm, MemberRole
from inspect_app.permissions import Role
from inspect_app.sync.actions import this_deployment
from inspect_app.sync.actions_doors import this_rescue_key
from tests.inspections.visits import AT, EVERYTHING_RIGHT, make_rubric, make_visit
from tests.makers import actor_of, make_city, make_head, make_inspection, make_officer, make_unit, put_on_team

PASSWORD = "bốn con vịt đi qua cầu"
SECRET = "a secret for tests only, 40 characters"
PEOPLE, VISITS, STARTS, SIGNINGS = 10, 20, 12, 4
AT_WORK = "in_progress"


def fill(url: str, folder: Path) -> dict[str, Any]:
    """Makes the schema and the city in an empty database; gives what the tablets must know of it."""
    app = create_app(Settings(env="demo", secret=SECRET, database_url=url, data=folder))
    with app.app_context():
        upgrade(directory=str(ROOT / "migrations"))
        try:
            return _fill(app)
        finally:
            db.session.remove()
            db.engine.dispose()


def _fill(app: Flask) -> dict[str, Any]:
    password = {"password_hash": hash_password(PASSWORD)}
    city = make_city()
    rubric = make_rubric()
    units = [make_unit(f"UBND phường Thử {number}", under=city) for number in range(VISITS)]
    heads = [make_head(unit, f"Trần Thủ Trưởng {place}") for place, unit in enumerate(units)]
    for head in heads:
        head.password_hash = password["password_hash"]
    lead = make_officer(Role.LEAD, city, "Trần Trưởng Đoàn", **password)
    people = [make_officer(Role.MEMBER, city, f"Bùi Thành Viên {number}", **password) for number in range(PEOPLE)]
    visits, starts = [], []
    for place, unit in enumerate(units):
        world = type("World", (), {"city": city, "unit": unit, "rubric": rubric, "lead": lead, "member": people[0]})
        visit = make_visit(world, AT_WORK)
        for person in people[1:]:
            put_on_team(visit, person, MemberRole.MEMBER)
        visits.append({"id": str(visit.id), "unit": str(unit.id), "head": heads[place].email})
    for place in range(STARTS):
        fields = {"rubric_version_id": rubric.id, "form": InspectionForm.UNANNOUNCED, "grounds": "Phản ánh"}
        visit = make_inspection(units[place], city, "notified", notified_at=AT, **fields)
        put_on_team(visit, lead, MemberRole.LEAD)
        starts.append({"id": str(visit.id), "unit": str(units[place].id)})
    signings = [
        _ready_to_sign(app, place, units[place], city, rubric, lead, people[0], heads[place])
        for place in range(SIGNINGS)
    ]
    this_deployment(datetime.now(UTC))
    this_rescue_key(SECRET, datetime.now(UTC))
    db.session.commit()
    return {
        "lead": _told(app, lead),
        "people": [_told(app, person) for person in people],
        "visits": visits,
        "starts": starts,
        "signings": signings,
    }


def _ready_to_sign(
    app: Flask, place: int, unit: Any, city: Any, rubric: Any, lead: Any, member: Any, head: Any
) -> dict[str, Any]:
    """A visit with its minutes, which only the unit's head must still sign."""
    world = type("World", (), {"city": city, "unit": unit, "rubric": rubric, "lead": lead, "member": member})
    visit = make_visit(world, "field_done")
    minutes = Minutes("Hôm nay, Đoàn kiểm tra làm việc.", paper=Numbered(f"{place}/BB-ĐKT", AT.date()))
    with transaction():
        for code, value in EVERYTHING_RIGHT.items():
            record_answer(visit, code, value, by=actor_of(member), at=AT)
        prepare_minutes(visit, minutes, by=actor_of(lead), at=AT)
        shown = hash_of_record(visit, as_recorded)
        sign_minutes(visit, "lead", shown_hash=shown, findings=as_recorded, by=actor_of(lead), at=AT)
    return {"id": str(visit.id), "head": _told(app, head)}


def _told(app: Flask, person: Person) -> dict[str, str]:
    """Who it is, and a session that has begun: signing in takes as long as a good hash of a password does."""
    sign_in = SignIn(id=new_id(), person_id=person.id, started_at=datetime.now(UTC))
    db.session.add(sign_in)
    db.session.commit()
    begun = {"_user_id": str(sign_in.id), "_fresh": True, "used": int(datetime.now(UTC).timestamp())}
    session = str(app.session_interface.get_signing_serializer(app).dumps(begun))
    cookies = {app.config["SESSION_COOKIE_NAME"]: session}
    return {"id": str(person.id), "email": person.email, "cookies": json.dumps(cookies)}


def make(folder: Path, url: str) -> None:
    """The database at `url`, and what is in it as `world.json` in the folder."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "world.json").write_text(json.dumps(fill(url, folder)))


if __name__ == "__main__":
    make(Path(sys.argv[1]), sys.argv[2] if len(sys.argv) > 2 else f"sqlite:///{Path(sys.argv[1]) / 'inspect.sqlite'}")
