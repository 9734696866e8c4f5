"""The doors of the tablet: its visits, digests, reports, and the key for files of last resort."""

import base64
from datetime import timedelta
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import padding
from flask import Flask
from sqlalchemy import func, select

from inspect_app.db import db
from inspect_app.inspections.models import Inspection
from inspect_app.sync.models_doors import RescueKey, Tablet
from inspect_app.sync.queries_doors import rescue_key
from inspect_app.sync.rescue_keys import WrongKey, key_of_jwk, make_pair, mark_of, oaep, open_key
from inspect_app.sync.rules_doors import protocol_of, read_report
from tests.client import Client
from tests.inspections.visits import AT, World, make_visit
from tests.makers import make_finding, make_inspection
from tests.sync.test_pages import change

REPORT = {
    "device": "T7",
    "waiting": 4,
    "photos": 3,
    "oldest": "2026-09-13T08:00:00+07:00",
    "app_version": "1",
    "client_time": "2026-09-14T10:52:00+07:00",
    "storage": {"persisted": True, "free": 12_000_000_000},
}


def read(browser: Client, path: str) -> Any:
    return browser.get(path).response.get_json()


def test_a_tablet_is_told_its_visits_and_all_that_it_needs_before(
    client: Client, world: World, visit: Inspection
) -> None:
    make_visit(world, "minutes_signed")
    told = read(client.sign_in(world.member), "/sync/visits")
    assert [(each["id"], each["state"], each["open"]) for each in told["visits"]] == [
        (str(visit.id), "in_progress", True)
    ]
    listed = told["visits"][0]
    assert (listed["starts_on"], listed["ends_on"]) == ("2026-09-14", "2026-09-15")
    assert listed["pack_url"] == f"/sync/inspections/{visit.id}"
    assert told["person"] == {"id": str(world.member.id), "name": world.member.name}
    assert told["words"]["saving"] == "Đang lưu…" and len(told["reasons"]) == 5
    assert told["deployment"] and told["epoch"] == 1 and told["backed_up_until"] is None
    assert told["urls"]["changes"] == "/sync/changes"


def test_whoever_is_on_no_team_has_no_visits(client: Client, world: World, visit: Inspection) -> None:
    assert read(client.sign_in(world.head), "/sync/visits")["visits"] == []


def test_changed_tells_whether_the_pack_would_be_another(client: Client, world: World, visit: Inspection) -> None:
    browser = client.sign_in(world.member)

    def changed() -> str:
        listed = read(browser, "/sync/visits")["visits"][0]["changed"]
        assert read(browser, f"/sync/inspections/{visit.id}")["changed"] == listed
        return listed

    first = changed()
    assert changed() == first
    browser.post_json("/sync/changes", {"changes": [change(world, visit)]}, status=201)
    second = changed()
    make_finding(visit, criterion_code="A.1.1")
    third = changed()
    assert len({first, second, third}) == 3


def test_the_digest_says_in_hashes_what_the_pack_says(client: Client, world: World, visit: Inspection) -> None:
    browser = client.sign_in(world.member)
    browser.post_json(
        "/sync/changes",
        {"changes": [change(world, visit), change(world, visit, "A.2", {"events": 1}, seq=9)]},
        status=201,
    )
    finding = make_finding(visit, criterion_code="A.1.1")
    digest = read(browser, f"/sync/inspections/{visit.id}/digest")
    answers = read(browser, f"/sync/inspections/{visit.id}")["answers"]
    assert digest["criteria"] == {
        code: [each["version"], each["value_hash"], each["note_hash"]] for code, each in answers.items()
    }
    assert digest["findings"] == [str(finding.id)] and digest["files"] == []
    assert digest["last_seq"] == {"T3": 9}
    assert digest["epoch"] == 1 and digest["server_time"]
    client.sign_in(world.office).get(f"/sync/inspections/{visit.id}/digest", status=403)


def test_a_report_is_kept_by_tablet_and_person(client: Client, world: World, visit: Inspection) -> None:
    browser = client.sign_in(world.member)
    for waiting in (4, 2):
        reply = browser.post_json("/sync/changes", {"changes": [], "report": REPORT | {"waiting": waiting}}, status=201)
        assert reply["ack"] == [] and reply["epoch"] == 1 and "backed_up_until" in reply
    tablet = db.session.scalar(select(Tablet))
    assert (tablet.device, tablet.person_id, tablet.waiting, tablet.photos) == ("T7", world.member.id, 2, 3)
    assert tablet.skew == 720 and tablet.storage == {"persisted": True, "free": 12_000_000_000}
    client.sign_in(world.lead).post_json("/sync/changes", {"changes": [], "report": REPORT}, status=201)
    assert db.session.scalar(select(func.count()).select_from(Tablet)) == 2


@pytest.mark.parametrize(
    "broken",
    [
        None,
        [],
        "T7",
        {},
        REPORT | {"device": ""},
        REPORT | {"device": 7},
        REPORT | {"waiting": "4"},
        REPORT | {"waiting": True},
        REPORT | {"client_time": "hôm nay"},
        REPORT | {"client_time": "2026-09-14T10:52:00"},
        REPORT | {"client_time": "0001-01-01T00:00:00+07:00"},
        REPORT | {"oldest": 5},
        REPORT | {"app_version": ["1"]},
    ],
)
def test_a_report_that_is_none_never_holds_back_the_changes(
    client: Client, world: World, visit: Inspection, broken: Any
) -> None:
    assert read_report(broken) is None
    reply = client.sign_in(world.member).post_json(
        "/sync/changes", {"changes": [change(world, visit)], "report": broken}, status=201
    )
    assert [ack["result"] for ack in reply["ack"]] == ["applied"]
    assert db.session.scalar(select(Tablet)) is None


def test_figures_of_a_report_keep_within_bounds() -> None:
    report = read_report(REPORT | {"waiting": 10**30, "photos": -1, "storage": {"persisted": "yes", "free": -1}})
    assert (report.waiting, report.photos, report.storage) == (10**6, 0, {"persisted": False, "free": None})
    assert read_report({"device": "T1"}).skew(AT) == 0


@pytest.mark.parametrize(("header", "version"), [(None, 1), ("", 1), ("1", 1), ("2", 2), ("x", 1), ("9" * 40, 1)])
def test_the_version_of_the_protocol_stands_in_a_header(header: str | None, version: int) -> None:
    assert protocol_of(header) == version


def test_the_key_for_files_of_last_resort_is_made_once_and_its_private_half_stays_sealed(
    app: Flask, client: Client, world: World, visit: Inspection
) -> None:
    browser = client.sign_in(world.member)
    jwk = read(browser, "/sync/visits")["rescue_key"]
    assert read(browser, "/sync/visits")["rescue_key"] == jwk
    assert set(jwk) == {"kty", "alg", "ext", "n", "e"} and jwk["alg"] == "RSA-OAEP-256"
    secret = app.config["SETTINGS"].lasting_secret
    kept = rescue_key(mark_of(secret))
    assert key_of_jwk(jwk).key_size == 3072
    wrapped = key_of_jwk(jwk).encrypt(b"k" * 32, oaep())
    assert open_key(secret, kept.sealed, wrapped) == b"k" * 32
    assert "PRIVATE" not in kept.sealed and secret not in kept.sealed
    assert db.session.scalar(select(func.count()).select_from(RescueKey)) == 1


def test_the_private_half_opens_with_its_secret_alone() -> None:
    jwk, sealed = make_pair("a" * 40)
    wrapped = key_of_jwk(jwk).encrypt(b"k" * 32, oaep())
    with pytest.raises(WrongKey):
        open_key("b" * 40, sealed, wrapped)
    with pytest.raises(WrongKey):
        open_key("a" * 40, sealed, b"\0" * 384)
    other = key_of_jwk(jwk).encrypt(b"k" * 32, padding.PKCS1v15())
    with pytest.raises(WrongKey):
        open_key("a" * 40, sealed, base64.b64decode(base64.b64encode(other)))


def test_a_key_comes_back_to_the_person_it_was_sealed_for_and_to_nobody_else(
    client: Client, world: World, visit: Inspection
) -> None:
    browser = client.sign_in(world.member)
    jwk = read(browser, "/sync/visits")["rescue_key"]
    wrapped = base64.b64encode(key_of_jwk(jwk).encrypt(b"k" * 32, oaep(str(world.member.id)))).decode()
    given = browser.post_json("/sync/keys", {"wrapped": wrapped}, status=200)
    assert base64.b64decode(given["key"]) == b"k" * 32
    for body, status in (({"wrapped": "AAAA"}, 422), ({"wrapped": "*"}, 422), ({"wrapped": 1}, 400), ([], 400)):
        browser.post_json("/sync/keys", body, status=status)
    client.sign_in(world.lead).post_json("/sync/keys", {"wrapped": wrapped}, status=422)


def test_the_pack_holds_what_was_found_at_the_unit_before(client: Client, world: World, visit: Inspection) -> None:
    before = make_inspection(world.unit, world.city, "closed", rubric_version_id=world.rubric.id)
    make_finding(before, "closed", criterion_code="A.1.2", raised_at=AT - timedelta(days=300), fact="Thiếu")
    make_finding(visit, criterion_code="A.1.2", fact="Hôm nay")
    pack = read(client.sign_in(world.member), f"/sync/inspections/{visit.id}")
    assert [(one["fact"], one["severity_words"], one["state_words"]) for one in pack["earlier"]["A.1.2"]] == [
        ("Thiếu", "Nhẹ", "Đã đóng")
    ]


def test_changes_by_a_newer_protocol_are_kept_as_they_came(client: Client, world: World, visit: Inspection) -> None:
    browser = client.sign_in(world.member)
    body = {"changes": [change(world, visit)]}
    for version, result in (("2", "parked:unreadable"), ("1", "applied")):
        headers = {"X-CSRFToken": browser.csrf(), "X-Sync-Protocol": version}
        answer = browser.http.post("/sync/changes", json=body, headers=headers)
        assert [ack["result"] for ack in answer.get_json()["ack"]] == [result]
