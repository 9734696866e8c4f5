"""Photos in pieces: nothing twice, nothing half, nothing lost, whatever breaks in between."""

import base64
import errno
import fcntl
import hashlib
import io
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from PIL import Image
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from inspect_app.db import db, new_id
from inspect_app.documents.models import Attachment
from inspect_app.inspections.models import Inspection
from inspect_app.permissions import Role
from inspect_app.sync.models import Parked
from inspect_app.sync.models_doors import SyncUpload
from inspect_app.sync.rules import Unreadable
from inspect_app.sync.rules_uploads import metadata, read_photo, size_of
from inspect_app.sync.uploads import UploadFolder
from tests.client import Client
from tests.inspections.visits import AT, World, make_visit
from tests.makers import make_officer

PIECE = 4096
TYPE = "application/offset+octet-stream"


def picture(seed: int = 0, size: tuple[int, int] = (160, 120)) -> bytes:
    noise = hashlib.shake_256(bytes([seed])).digest(size[0] * size[1] * 3)
    made = io.BytesIO()
    Image.frombytes("RGB", size, noise).save(made, "JPEG", quality=90)
    return made.getvalue()


@pytest.fixture
def folder(app: Flask) -> Iterator[Path]:
    folder = app.config["SETTINGS"].uploads
    yield folder
    for path in folder.glob("*"):
        path.unlink()


class Tablet:
    """What a tablet does with one photo."""

    def __init__(self, browser: Client, visit: Inspection, content: bytes, **said: str) -> None:
        self.browser = browser
        self.token = browser.csrf()
        self.content = content
        self.id = said.pop("id", str(new_id()))
        self.said = {
            "id": self.id,
            "inspection": str(visit.id),
            "criterion": "A.1.1",
            "sha256": hashlib.sha256(content).hexdigest(),
            "name": "bảng công khai.jpg",
            "taken_at": "2026-09-14T09:12:00+07:00",
            "device": "T7",
        } | said
        self.address = f"/sync/uploads/{self.id}"

    def headers(self, **more: str) -> dict[str, str]:
        return {"X-CSRFToken": self.token, "Tus-Resumable": "1.0.0", "Accept": "application/json", **more}

    def announce(self, length: Any = None, **more: str) -> TestResponse:
        said = ",".join(f"{name} {base64.b64encode(word.encode()).decode()}" for name, word in self.said.items())
        given = {"Upload-Length": str(len(self.content) if length is None else length), "Upload-Metadata": said}
        return self.browser.http.post("/sync/uploads", headers=self.headers(**given | more))

    def head(self) -> TestResponse:
        return self.browser.http.head(self.address, headers=self.headers())

    def patch(self, offset: int, piece: bytes, **more: str) -> TestResponse:
        checksum = "sha256 " + base64.b64encode(hashlib.sha256(piece).digest()).decode()
        given = {"Upload-Offset": str(offset), "Upload-Checksum": checksum, "Content-Type": TYPE} | more
        return self.browser.http.patch(self.address, data=piece, headers=self.headers(**given))

    def send(self, start: int = 0) -> TestResponse:
        for offset in range(start, len(self.content), PIECE):
            answer = self.patch(offset, self.content[offset : offset + PIECE])
            if answer.status_code != 204:
                break
        return answer


@pytest.fixture
def tablet(client: Client, world: World, visit: Inspection, folder: Path) -> Tablet:
    return Tablet(client.sign_in(world.member), visit, picture())


def count(model: Any) -> int:
    return db.session.scalar(select(func.count()).select_from(model))


def test_a_photo_comes_in_pieces_and_hangs_on_its_criterion(tablet: Tablet, visit: Inspection, folder: Path) -> None:
    made = tablet.announce()
    assert (made.status_code, made.headers["Location"]) == (201, tablet.address)
    assert made.headers["Upload-Offset"] == "0" and made.headers["Tus-Resumable"] == "1.0.0"
    answer = tablet.send()
    assert (answer.status_code, answer.headers["Upload-Result"]) == (204, "stored")
    kept = db.session.scalar(select(Attachment))
    assert answer.headers["Upload-Attachment"] == str(kept.id)
    assert (kept.thing_id, kept.criterion_code) == (visit.id, "A.1.1")
    db.session.refresh(kept, ["file"])
    assert kept.file.taken_at.isoformat() == "2026-09-14T02:12:00+00:00", "when it was taken, not when it came"
    assert kept.file.thumbnail_sha256
    assert not list(folder.glob("*")), "nothing is left of the upload"
    digest = tablet.browser.get(f"/sync/inspections/{visit.id}/digest").response.get_json()
    assert digest["files"] == [tablet.said["sha256"]]


def test_the_same_announcement_again_tells_how_far_the_photo_has_come(tablet: Tablet) -> None:
    tablet.announce()
    tablet.patch(0, tablet.content[:PIECE])
    again = tablet.announce()
    assert (again.status_code, again.headers["Upload-Offset"]) == (200, str(PIECE))
    assert tablet.head().headers["Upload-Offset"] == str(PIECE)
    assert tablet.head().headers["Upload-Length"] == str(len(tablet.content))
    assert tablet.send(PIECE).headers["Upload-Result"] == "stored"
    over = tablet.announce()
    assert over.status_code == 200 and over.headers["Upload-Result"] == "stored"
    assert tablet.patch(0, b"x").headers["Upload-Result"] == "stored", "a reply that got lost is given again"
    assert count(Attachment) == 1


@pytest.mark.parametrize(
    "other",
    [{"criterion": "A.2"}, {"name": "khác.jpg"}, {"sha256": "0" * 64}, {"taken_at": "2026-09-14T09:13:00+07:00"}],
)
def test_another_photo_under_the_same_id_is_refused(tablet: Tablet, other: dict[str, str]) -> None:
    tablet.announce()
    tablet.said |= other
    assert tablet.announce().status_code == 409
    assert count(SyncUpload) == 1


def test_another_size_or_person_under_the_same_id_is_refused(
    client: Client, world: World, visit: Inspection, tablet: Tablet
) -> None:
    tablet.announce()
    assert tablet.announce(length=5).status_code == 409
    other = Tablet(client.sign_in(world.lead), visit, tablet.content, id=tablet.id)
    assert other.announce().status_code == 409
    assert other.head().status_code == 404 and other.patch(0, b"x").status_code == 404


def test_the_same_content_twice_is_normal(client: Client, world: World, visit: Inspection, tablet: Tablet) -> None:
    for each in (tablet, Tablet(tablet.browser, visit, tablet.content)):
        each.announce()
        assert each.send().headers["Upload-Result"] == "stored"
    digest = tablet.browser.get(f"/sync/inspections/{visit.id}/digest").response.get_json()
    assert digest["files"] == [tablet.said["sha256"]] * 2


@pytest.mark.parametrize("offset", [0, 1, PIECE - 1, PIECE + 1, 2 * PIECE])
def test_a_piece_that_does_not_follow_is_refused_with_where_to_go_on(tablet: Tablet, offset: int) -> None:
    tablet.announce()
    tablet.patch(0, tablet.content[:PIECE])
    answer = tablet.patch(offset, tablet.content[PIECE : 2 * PIECE])
    assert (answer.status_code, answer.headers["Upload-Offset"]) == (409, str(PIECE))


def test_a_piece_longer_than_what_was_announced_is_refused(tablet: Tablet) -> None:
    tablet.announce()
    assert tablet.patch(0, tablet.content + b"x").status_code == 409
    assert tablet.head().headers["Upload-Offset"] == "0"


def test_a_piece_damaged_on_its_way_is_refused_and_nothing_of_it_kept(tablet: Tablet) -> None:
    tablet.announce()
    wrong = "sha256 " + base64.b64encode(hashlib.sha256(b"other").digest()).decode()
    answer = tablet.patch(0, tablet.content[:PIECE], **{"Upload-Checksum": wrong})
    assert (answer.status_code, answer.headers["Upload-Offset"]) == (460, "0")
    assert tablet.patch(0, b"x", **{"Upload-Checksum": "md5 xx"}).status_code == 400


def test_content_that_is_not_what_was_announced_begins_again(tablet: Tablet) -> None:
    tablet.said["sha256"] = hashlib.sha256(b"something else").hexdigest()
    tablet.announce()
    answer = tablet.send()
    assert (answer.status_code, answer.headers["Upload-Offset"]) == (460, "0")
    assert "Upload-Result" not in answer.headers and count(Attachment) == 0


def test_pieces_of_the_wrong_sort_are_refused(tablet: Tablet) -> None:
    tablet.announce()
    assert tablet.patch(0, b"x", **{"Content-Type": "text/plain"}).status_code == 415
    assert tablet.patch(0, b"x" * (1024 * 1024 + 1)).status_code == 413
    assert tablet.patch(0, b"x", **{"Upload-Offset": "-1"}).status_code == 400
    assert tablet.patch(0, b"x", **{"Tus-Resumable": "0.2.2"}).status_code == 412
    without = tablet.headers(**{"Upload-Offset": "0", "Content-Type": TYPE}) | {"X-CSRFToken": ""}
    assert tablet.browser.http.patch(tablet.address, data=b"x", headers=without).status_code == 400
    assert tablet.head().headers["Upload-Offset"] == "0"


def test_nobody_sends_without_a_session(client: Client, tablet: Tablet) -> None:
    tablet.announce()
    stranger = Tablet.__new__(Tablet)
    stranger.__dict__.update(tablet.__dict__, browser=Client(client.app))
    stranger.token = stranger.browser.csrf()
    assert stranger.announce().status_code == 401
    assert stranger.head().status_code == 401 and stranger.patch(0, b"x").status_code == 401


NOT_PHOTOS = {
    "words.jpg": "không phải ảnh".encode() * 100,
    "cut.jpg": picture()[: PIECE * 2],
    "page.jpg": b"\xff\xd8\xff\xe0<html><script>alert(1)</script>" + b"\0" * 500,
    "paper.pdf": b"%PDF-1.7\n" + b"x" * 500 + b"\n%%EOF",
    "tệp.svg": b"<svg xmlns='http://www.w3.org/2000/svg'/>",
}


@pytest.mark.parametrize("name", NOT_PHOTOS)
def test_a_photo_that_is_none_is_kept_aside_with_its_bytes_and_never_asked_for_again(
    app: Flask, tablet: Tablet, visit: Inspection, name: str
) -> None:
    other = Tablet(tablet.browser, visit, NOT_PHOTOS[name], name=name)
    other.announce()
    assert other.send().headers["Upload-Result"] == "parked:photo"
    assert other.patch(0, b"").headers["Upload-Result"] == "parked:photo"
    row = db.session.scalar(select(Parked))
    assert (row.mutation_id, row.reason, row.inspection_id) == (other.id, "photo", visit.id)
    kept = app.config["SETTINGS"].files / other.said["sha256"][:2] / other.said["sha256"][2:4] / other.said["sha256"]
    assert kept.read_bytes() == NOT_PHOTOS[name]
    assert count(Attachment) == 0 and count(Parked) == 1


@pytest.mark.parametrize(
    ("state", "result"),
    [
        ("notified", "parked:not_started"),
        ("suspended", "parked:suspended"),
        ("minutes_signed", "parked:closed"),
        ("field_done", "stored"),
    ],
)
def test_a_photo_for_a_closed_record_is_kept_aside(tablet: Tablet, world: World, state: str, result: str) -> None:
    other = Tablet(tablet.browser, make_visit(world, state), tablet.content)
    other.announce()
    assert other.send().headers["Upload-Result"] == result


@pytest.mark.parametrize(
    ("said", "result"),
    [
        ({"inspection": str(new_id())}, "parked:not_on_team"),
        ({"inspection": "không"}, "parked:not_on_team"),
        ({"criterion": "Z.9"}, "parked:invalid"),
        ({"criterion": ""}, "stored"),
        ({"taken_at": "hôm qua"}, "stored"),
        ({"name": ""}, "stored"),
    ],
)
def test_what_is_amiss_in_the_announcement_shows_when_the_photo_is_whole(
    tablet: Tablet, visit: Inspection, said: dict[str, str], result: str
) -> None:
    other = Tablet(tablet.browser, visit, tablet.content, **said)
    assert other.announce().status_code == 201
    assert other.send().headers["Upload-Result"] == result


def test_a_photo_of_somebody_who_left_the_team_meanwhile_is_kept_aside(tablet: Tablet, visit: Inspection) -> None:
    from inspect_app.inspections.queries import members_of

    tablet.announce()
    tablet.patch(0, tablet.content[:PIECE])
    for member in members_of(visit.id):
        member.left_at = AT
    db.session.commit()
    assert tablet.send(PIECE).headers["Upload-Result"] == "parked:not_on_team"


def test_a_failure_nobody_foresaw_puts_the_photo_aside(tablet: Tablet, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("inspect_app.sync.actions_uploads.take_in", lambda *_, **__: 1 / 0)
    tablet.announce()
    assert tablet.send().headers["Upload-Result"] == "parked:failed"


def test_a_photo_larger_than_allowed_is_refused_at_once(tablet: Tablet) -> None:
    assert tablet.announce(length=20 * 1024 * 1024 + 1).status_code == 413
    assert count(SyncUpload) == 0


def test_one_person_does_not_fill_the_disk_with_beginnings(tablet: Tablet, visit: Inspection) -> None:
    for _ in range(25):
        assert Tablet(tablet.browser, visit, b"x").announce(length=20 * 1024 * 1024).status_code == 201
    assert tablet.announce().status_code == 413


@pytest.mark.parametrize("left", [1, PIECE - 1, PIECE, PIECE + 1])
def test_a_process_killed_within_a_piece_leaves_a_beginning_to_go_on_from(
    tablet: Tablet, folder: Path, left: int
) -> None:
    tablet.announce()
    tablet.patch(0, tablet.content[:PIECE])
    (folder / f"{tablet.id}.part").write_bytes(tablet.content[:left])
    offset = int(tablet.head().headers["Upload-Offset"])
    assert offset == left, "what the file holds is the truth"
    assert tablet.send(offset).headers["Upload-Result"] == "stored"


def test_a_process_killed_between_the_last_piece_and_the_commit_ends_with_an_empty_piece(
    tablet: Tablet, folder: Path
) -> None:
    tablet.announce()
    tablet.patch(0, tablet.content[:PIECE])
    (folder / f"{tablet.id}.part").write_bytes(tablet.content)
    whole = tablet.head()
    assert whole.headers["Upload-Offset"] == str(len(tablet.content)) and "Upload-Result" not in whole.headers
    assert tablet.patch(len(tablet.content), b"").headers["Upload-Result"] == "stored"


def test_a_process_killed_after_the_commit_gives_the_same_answer(
    tablet: Tablet, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tablet.announce()
    with monkeypatch.context() as killed:
        killed.setattr("inspect_app.sync.uploads.Incoming.drop", lambda _: None)
        tablet.send()
    assert tablet.patch(0, tablet.content).headers["Upload-Result"] == "stored"
    assert count(Attachment) == 1


def test_bytes_changed_on_the_disk_are_noticed(tablet: Tablet, folder: Path) -> None:
    tablet.announce()
    tablet.patch(0, tablet.content[:PIECE])
    (folder / f"{tablet.id}.part").write_bytes(b"\0" * PIECE)
    assert tablet.send(PIECE).status_code == 460
    assert tablet.send().headers["Upload-Result"] == "stored"


def test_two_tries_at_once_do_not_mix(tablet: Tablet, folder: Path) -> None:
    tablet.announce()
    tablet.patch(0, tablet.content[:PIECE])
    with (folder / f"{tablet.id}.part").open("rb") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        assert tablet.patch(PIECE, tablet.content[PIECE : 2 * PIECE]).status_code == 423
    assert tablet.send(PIECE).headers["Upload-Result"] == "stored"


@pytest.mark.parametrize(("fault", "status"), [(errno.ENOSPC, 507), (errno.EDQUOT, 507), (errno.EIO, 503)])
def test_a_disk_that_fails_leaves_no_half_piece(
    tablet: Tablet, monkeypatch: pytest.MonkeyPatch, fault: int, status: int
) -> None:
    tablet.announce()
    tablet.patch(0, tablet.content[:PIECE])

    def fail(_: int) -> None:
        raise OSError(fault, os.strerror(fault))

    with monkeypatch.context() as broken:
        broken.setattr("inspect_app.sync.uploads.os.fsync", fail)
        answer = tablet.patch(PIECE, tablet.content[PIECE : 2 * PIECE])
    assert (answer.status_code, answer.headers["Upload-Offset"]) == (status, str(PIECE))
    assert tablet.send(PIECE).headers["Upload-Result"] == "stored"


def test_a_full_disk_refuses_before_it_is_full(tablet: Tablet, monkeypatch: pytest.MonkeyPatch) -> None:
    tablet.announce()
    with monkeypatch.context() as full:
        full.setattr("inspect_app.sync.uploads.shutil.disk_usage", lambda _: type("Free", (), {"free": 1000}))
        assert tablet.patch(0, tablet.content[:PIECE]).status_code == 507
    assert tablet.send().headers["Upload-Result"] == "stored"


def test_a_store_without_room_asks_to_try_later_and_keeps_the_photo(
    tablet: Tablet, monkeypatch: pytest.MonkeyPatch
) -> None:
    tablet.announce()
    with monkeypatch.context() as full:
        full.setattr("inspect_app.documents.store.shutil.disk_usage", lambda _: type("Free", (), {"free": 10**9 // 8}))
        full.setattr(UploadFolder.__init__, "__kwdefaults__", {"reserve": 0})
        answer = tablet.send()
    assert answer.status_code == 507 and answer.headers["Upload-Offset"] == str(len(tablet.content))
    assert tablet.patch(len(tablet.content), b"").headers["Upload-Result"] == "stored"


def test_announcements_are_read_without_trust() -> None:
    said = {"id": str(new_id()), "sha256": "a" * 64}
    assert metadata("id YQ==, name  eA==,empty,, ") == {"id": "a", "name": "x", "empty": ""}
    for header in ("id %%%", "id /w==", " id", "x" * 5000):
        if header != " id":
            with pytest.raises(Unreadable):
                metadata(header)
    for wrong in ({"id": "1"}, {"sha256": "z" * 64}, {"sha256": ""}):
        with pytest.raises(Unreadable):
            read_photo(said | wrong, 1)
    with pytest.raises(Unreadable):
        read_photo(said, 0)
    for size in (None, "", "-1", "1.5", "9" * 20, "x"):
        with pytest.raises(Unreadable):
            size_of(size)
    assert read_photo(said | {"name": "x" * 900, "taken_at": "2026-09-14T10:00:00"}, 1).taken_at is None


def test_a_photo_kept_aside_is_named_to_administrators_and_to_its_author(
    client: Client, world: World, tablet: Tablet, visit: Inspection
) -> None:
    other = Tablet(tablet.browser, visit, b"no photo", name="anh-hong.jpg")
    other.announce()
    other.send()
    admin = client.sign_in(make_officer(Role.ADMIN, world.city))
    assert "không phải ảnh" in admin.get("/system/parked").text
    row = db.session.scalar(select(Parked))
    assert world.member.name in admin.get(f"/system/parked/{row.id}").text
    assert "không phải ảnh" in tablet.browser.get("/tablet").text
