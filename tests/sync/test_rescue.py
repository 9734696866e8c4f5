"""The file of last resort: opened by this server alone, taken in once, whole or with one clear sentence."""

import base64
import hashlib
import io
import json
import os
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from flask import Flask
from sqlalchemy import func, select

from inspect_app.audit.actions import SYSTEM_ACTOR
from inspect_app.db import db, new_id, transaction
from inspect_app.documents.models import Attachment
from inspect_app.inspections.models import Answer, AnswerVersion, Inspection
from inspect_app.permissions import Role
from inspect_app.refusals import Refused
from inspect_app.sync.actions_doors import this_rescue_key
from inspect_app.sync.actions_rescue import foresee, read_rescue, take_in_rescued
from inspect_app.sync.models import Parked
from inspect_app.sync.rescue_keys import key_of_jwk, make_pair, oaep
from inspect_app.sync.uploads import UploadFolder
from tests.client import Client
from tests.inspections.visits import AT, World, make_visit
from tests.makers import actor_of, make_officer
from tests.sync.test_pages import change
from tests.sync.test_uploads import Tablet, picture

SECRET = "a secret for tests only, 40 characters"


one_pair = cache(make_pair)


@pytest.fixture
def jwk(world: World, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    monkeypatch.setattr("inspect_app.sync.actions_doors.make_pair", one_pair)
    with transaction():
        return this_rescue_key(SECRET, AT).public


def sealed(jwk: dict[str, Any], content: Any, **head: Any) -> bytes:
    """A file as a tablet makes it."""
    key, iv = os.urandom(32), os.urandom(12)
    header = {
        "format": "inspect-rescue-1",
        "device": "T7",
        "made_at": "2026-09-14T03:00:00.000Z",
        "key": base64.b64encode(key_of_jwk(jwk).encrypt(key, oaep(""))).decode(),
        "iv": base64.b64encode(iv).decode(),
    } | head
    body = content if isinstance(content, bytes) else json.dumps(content).encode()
    return json.dumps(header).encode() + b"\n" + AESGCM(key).encrypt(iv, body, None)


def photo(visit: Inspection, content: bytes, **more: Any) -> dict[str, Any]:
    return {
        "id": str(new_id()),
        "inspection": str(visit.id),
        "criterion": "A.1.1",
        "name": "bảng.jpg",
        "taken_at": "2026-09-14T09:12:00+07:00",
        "sha256": hashlib.sha256(content).hexdigest(),
        "device": "T7",
        "bytes": base64.b64encode(content).decode(),
    } | more


def take(file: bytes, folder: Path, importer: Any = None) -> dict[str, int]:
    rescued = read_rescue(file, SECRET)
    return take_in_rescued(rescued, UploadFolder(folder), by=SYSTEM_ACTOR, importer=importer, at=AT)["results"]


def count(model: Any) -> int:
    return db.session.scalar(select(func.count()).select_from(model))


def test_changes_and_photos_are_taken_in_as_their_authors(
    world: World, visit: Inspection, jwk: dict[str, Any], tmp_path: Path
) -> None:
    lead = change(world, visit, "A.2", {"events": 1}, author=str(world.lead.id), device="T3")
    content = {
        "changes": [change(world, visit), lead],
        "photos": [photo(visit, picture(), author=str(world.member.id))],
    }
    file = sealed(jwk, content)
    assert foresee(read_rescue(file, SECRET)) == {
        "device": "T7",
        "made_at": "2026-09-14T03:00:00.000Z",
        "changes": 2,
        "photos": 1,
        "new_changes": 2,
        "new_photos": 1,
    }
    assert count(Answer) == 0, "foreseeing changes nothing"
    assert take(file, tmp_path) == {"applied": 2, "photo:stored": 1}
    authors = dict(db.session.execute(select(Answer.criterion_code, Answer.author_id)).all())
    assert authors == {"A.1.2": world.member.id, "A.2": world.lead.id}
    assert db.session.scalar(select(Attachment)).added_by_id == world.member.id


def test_the_same_file_again_and_the_tablet_beside_it_make_nothing_double(
    client: Client, world: World, visit: Inspection, jwk: dict[str, Any], app: Flask
) -> None:
    sent = change(world, visit)
    tablet = Tablet(client.sign_in(world.member), visit, picture())
    taken = tablet.said | {"bytes": base64.b64encode(tablet.content).decode()}
    file = sealed(jwk, {"changes": [sent], "photos": [taken]})
    folder = app.config["SETTINGS"].uploads
    tablet.announce()
    tablet.patch(0, tablet.content[:4096])
    assert take(file, folder) == take(file, folder) == {"applied": 1, "photo:stored": 1}
    assert foresee(read_rescue(file, SECRET))["new_changes"] == 0
    reply = tablet.browser.post_json("/sync/changes", {"changes": [sent]}, status=201)
    assert reply["ack"][0]["result"] == "applied"
    assert tablet.announce().headers["Upload-Result"] == "stored"
    assert count(AnswerVersion) == 1 and count(Attachment) == 1 and count(Parked) == 0


def test_a_photo_of_the_file_that_the_tablet_announces_later_is_the_same(
    client: Client, world: World, visit: Inspection, jwk: dict[str, Any], app: Flask
) -> None:
    tablet = Tablet(client.sign_in(world.member), visit, picture())
    taken = tablet.said | {"bytes": base64.b64encode(tablet.content).decode(), "size": len(tablet.content)}
    file = sealed(jwk, {"changes": [], "photos": [taken], "person": str(world.member.id)})
    assert take(file, app.config["SETTINGS"].uploads) == {"photo:stored": 1}
    again = tablet.announce()
    assert (again.status_code, again.headers["Upload-Result"]) == (200, "stored")


def test_what_cannot_be_applied_is_put_aside_like_any_other(world: World, jwk: dict[str, Any], tmp_path: Path) -> None:
    closed = make_visit(world, "minutes_signed")
    content = {
        "changes": [change(world, closed), {"author": str(world.member.id), "id": "x"}],
        "photos": [photo(closed, picture()), photo(closed, b"no photo at all")],
    }
    assert take(sealed(jwk, content), tmp_path) == {
        "parked:closed": 1,
        "parked:unreadable": 1,
        "photo:parked:closed": 2,
    }
    assert count(Parked) == 4


def test_what_has_no_author_here_is_put_aside_for_the_importer_or_left_in_the_file(
    world: World, visit: Inspection, jwk: dict[str, Any], tmp_path: Path
) -> None:
    content = {"changes": [change(world, visit, author=str(new_id())), "x"], "photos": [photo(visit, picture())]}
    file = sealed(jwk, content)
    assert take(file, tmp_path) == {"no_author": 2, "photo:no_author": 1}
    admin = actor_of(make_officer(Role.ADMIN, world.city))
    assert take(file, tmp_path, admin) == {
        "parked:other_author": 1,
        "parked:unreadable": 1,
        "photo:parked:not_on_team": 1,
    }


def test_more_changes_than_one_batch(world: World, visit: Inspection, jwk: dict[str, Any], tmp_path: Path) -> None:
    many = [change(world, visit, "A.2", {"events": seq}, seq=seq, base_version=seq - 1) for seq in range(1, 121)]
    assert sum(take(sealed(jwk, {"changes": many, "photos": []}), tmp_path).values()) == 120


DAMAGE = {
    "empty": lambda file: b"",
    "cut within the first line": lambda file: file[:100],
    "cut after the first line": lambda file: file[: file.index(b"\n") + 1],
    "cut at its end": lambda file: file[:-1],
    "one bit turned": lambda file: file[:-40] + bytes([file[-40] ^ 1]) + file[-39:],
    "something behind it": lambda file: file + b"x",
    "another kind of file": lambda file: b"PK\x03\x04" + file,
    "another format": lambda file: file.replace(b"inspect-rescue-1", b"inspect-rescue-9"),
    "no key": lambda file: file.replace(b'"key"', b'"kex"'),
    "no JSON": lambda file: b"[" * 4000 + b"\n" + file,
    "a list": lambda file: b"[1]\n" + file,
    "a key that is no text": lambda file: b'{"format":"inspect-rescue-1","key":5,"iv":"AA=="}\nx',
    "a key that is none": lambda file: b'{"format":"inspect-rescue-1","key":"AAAA","iv":"AA=="}\nx',
}


@pytest.mark.parametrize("damage", DAMAGE)
def test_a_cut_or_forged_file_gets_one_sentence_and_changes_nothing(
    world: World, visit: Inspection, jwk: dict[str, Any], damage: str
) -> None:
    file = DAMAGE[damage](sealed(jwk, {"changes": [change(world, visit)], "photos": []}))
    with pytest.raises(Refused) as refused:
        read_rescue(file, SECRET)
    assert refused.value.status == 422 and 20 < len(str(refused.value)) < 130
    assert count(Answer) == 0


@pytest.mark.parametrize(
    "content",
    [
        [],
        "x",
        {},
        {"changes": []},
        {"changes": {}, "photos": []},
        {"changes": [], "photos": [{}]},
        {"changes": [], "photos": ["x"]},
        {"changes": [], "photos": [{"id": str(new_id()), "sha256": "a" * 64, "bytes": "%"}]},
        b"no json",
    ],
)
def test_a_file_with_another_content_gets_one_sentence(world: World, jwk: dict[str, Any], content: Any) -> None:
    with pytest.raises(Refused):
        read_rescue(sealed(jwk, content), SECRET)


def test_a_file_for_another_server_or_under_another_secret_is_not_opened(world: World, jwk: dict[str, Any]) -> None:
    file = sealed(jwk, {"changes": [], "photos": []})
    with pytest.raises(Refused, match="máy chủ khác"):
        read_rescue(file, "another secret, also forty characters ..")
    with pytest.raises(Refused, match="chưa có khóa"):
        read_rescue(file, "")


def test_a_photo_whose_bytes_are_not_those_announced_is_not_taken(
    world: World, visit: Inspection, jwk: dict[str, Any], tmp_path: Path
) -> None:
    wrong = photo(visit, picture(), sha256="a" * 64, author=str(world.member.id))
    assert take(sealed(jwk, {"changes": [], "photos": [wrong]}), tmp_path) == {"photo:failed": 1}


def test_an_administrator_brings_the_file_in_on_a_page(
    client: Client, world: World, visit: Inspection, jwk: dict[str, Any]
) -> None:
    browser = client.sign_in(make_officer(Role.ADMIN, world.city))
    browser.get("/system/rescue")

    def post(file: bytes, status: int) -> str:
        data = {"csrf_token": browser.csrf(), "file": (io.BytesIO(file), "may-T7.inspect")}
        answer = browser.http.post("/system/rescue", data=data, content_type="multipart/form-data")
        assert answer.status_code == status
        return answer.text

    assert "phần đầu tệp không đúng" in post(b"x", 422)
    text = post(sealed(jwk, {"changes": [change(world, visit)], "photos": []}), 200)
    assert "Đã nhập xong" in text and "đã áp dụng" in text
    client.sign_in(world.office).get("/system/rescue", status=403)
