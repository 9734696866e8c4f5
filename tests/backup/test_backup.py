"""A backup holds everything, says when it does not, and brings everything back; tablets give again what came since."""

import base64
import json
import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from flask_migrate import upgrade
from sqlalchemy import func, select, text

from inspect_app import create_app
from inspect_app.audit.queries import broken_at, heads
from inspect_app.backup import making
from inspect_app.backup.making import CannotBackUp, back_up
from inspect_app.backup.manifest import Damaged, verified
from inspect_app.backup.restoring import CannotRestore, restore
from inspect_app.config import ROOT, Settings
from inspect_app.db import db, transaction
from inspect_app.documents.installation import file_store
from inspect_app.documents.models import Attachment, StoredFile
from inspect_app.inspections.models import AnswerVersion, Inspection
from inspect_app.serve.children import CannotStart
from inspect_app.serve.ground import RESTORING, lock_data_folder, refuse_half_restored
from inspect_app.sync.actions import take_in
from inspect_app.sync.actions_uploads import begin_upload, take_piece
from inspect_app.sync.models import Mutation, Parked
from inspect_app.sync.queries import deployment
from inspect_app.sync.queries_doors import digest_of, find_upload
from inspect_app.sync.rules_uploads import read_photo
from inspect_app.sync.uploads import UploadFolder
from tests.databases import database_url
from tests.inspections.visits import AT, World, make_visit, make_world
from tests.makers import actor_of
from tests.sync.test_pages import change
from tests.sync.test_rescue import photo
from tests.sync.test_uploads import picture


class Place:
    """An installation that tests may destroy: a database of its own and a data folder."""

    world: World

    def __init__(self, name: str, folder: Path) -> None:
        self.settings = Settings(
            env="demo",
            testing=True,
            secret="a secret for tests only, 40 characters",
            database_url=database_url(name),
            data=folder / "data",
        )
        self.settings.data.mkdir()

    def open(self) -> Flask:
        return create_app(self.settings)

    def build(self) -> None:
        self.do(lambda: upgrade(directory=str(ROOT / "migrations")))

    def do(self, act: Callable[[], Any]) -> Any:
        with self.open().app_context():
            try:
                return act()
            finally:
                db.session.remove()
                db.engine.dispose()

    def destroy(self) -> None:
        """Takes the database and every file away."""
        if self.settings.uses_sqlite:
            Path(self.settings.database_url.removeprefix("sqlite:///")).unlink()
        else:
            self.do(
                lambda: [
                    db.session.execute(text("DROP SCHEMA public CASCADE")),
                    db.session.execute(text("CREATE SCHEMA public")),
                    db.session.commit(),
                ]
            )
        shutil.rmtree(self.settings.data)


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    worker = os.environ.get("PYTEST_XDIST_WORKER", "master")
    place = Place(f"backup_{worker}", tmp_path_factory.mktemp("place"))
    place.build()
    yield place


class Tablet:
    """A tablet that keeps what it has sent, as all of them do until it is in a backup."""

    def __init__(self, place: Place, world: World, visit: Inspection) -> None:
        self.place, self.world, self.visit = place, world, visit
        self.changes: list[dict[str, Any]] = []
        self.photos: list[dict[str, Any]] = []

    def answer(self, number: int) -> None:
        known = self.changes[-1]["id"] if self.changes else None
        sent = change(self.world, self.visit, "A.2", {"events": number}, seq=number, base_change=known)
        self.changes.append(sent)

    def take_photo(self, number: int) -> None:
        self.photos.append(photo(self.visit, picture(number)))

    def offer(self) -> list[str]:
        """Sends everything that it keeps, as on a new epoch."""
        by = actor_of(self.world.member)
        results = []
        for start in range(0, len(self.changes), 50):
            with transaction():
                acks = take_in(self.changes[start : start + 50], by=by, at=AT)
            results += [ack["result"] for ack in acks]
        return results + [self._send(taken) for taken in self.photos]

    def _send(self, taken: dict[str, Any]) -> str:
        content = base64.b64decode(taken["bytes"])
        said = {name: word for name, word in taken.items() if name != "bytes"}
        folder, by = UploadFolder(self.place.settings.uploads), actor_of(self.world.member)
        with transaction():
            upload, _new = begin_upload(read_photo(said, len(content)), by=by, at=AT)
        if not upload.outcome:
            offset = folder.offset(upload.id)
            take_piece(folder, upload.id, content[offset:], offset=offset, by=by, at=AT)
        with transaction():
            return find_upload(upload.id).outcome


def counts() -> dict[str, int]:
    kinds = (AnswerVersion, Mutation, Attachment, StoredFile, Parked)
    return {kind.__name__: db.session.scalar(select(func.count()).select_from(kind)) for kind in kinds}


@pytest.fixture(scope="module")
def backup(place: Place, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A backup of an installation with answers, photos, and one photo on its way."""
    folder = tmp_path_factory.mktemp("backups") / "first"

    def fill() -> None:
        world = place.world = make_world()
        tablet = Tablet(place, world, make_visit(world))
        for number in range(1, 4):
            tablet.answer(number)
            tablet.take_photo(number)
        tablet.offer()
        half = photo(tablet.visit, picture(9))
        with transaction():
            begin_upload(read_photo(half | {"bytes": ""}, 9000), by=actor_of(world.member), at=AT)
        take_piece(
            UploadFolder(place.settings.uploads),
            UUID(half["id"]),
            b"x" * 4000,
            offset=0,
            by=actor_of(world.member),
            at=AT,
        )
        made = back_up(place.settings, folder)
        assert not made.lost and made.files >= 8

    place.do(fill)
    return folder


def first(folder: Path, pattern: str) -> Path:
    return sorted(path for path in folder.glob(pattern) if path.is_file())[0]


def database_file(folder: Path) -> Path:
    return first(folder, "database.sqlite" if (folder / "database.sqlite").exists() else "tables/answer_version.copy")


def rewrite(path: Path, act: Callable[[bytes], bytes]) -> None:
    content = act(path.read_bytes())
    path.unlink()  # The backup's files are linked with the store.
    path.write_bytes(content)


def flip(content: bytes) -> bytes:
    return content[: len(content) // 2] + bytes([content[len(content) // 2] ^ 1]) + content[len(content) // 2 + 1 :]


def in_manifest(folder: Path, act: Callable[[dict[str, Any]], Any], *, sealed: bool = False) -> None:
    import hashlib

    path = folder / "manifest.json"
    body = json.loads(path.read_text())
    act(body)
    if sealed:
        body.pop("seal")
        body["seal"] = hashlib.sha256(json.dumps(body, sort_keys=True).encode()).hexdigest()
    path.write_text(json.dumps(body))


def swap(one: Path, other: Path) -> None:
    one_content, other_content = one.read_bytes(), other.read_bytes()
    for path, content in ((one, other_content), (other, one_content)):
        path.unlink()
        path.write_bytes(content)


def to_link(path: Path) -> None:
    moved = path.with_name("moved")
    path.rename(moved)
    path.symlink_to(moved)


PHOTO = "files/*/*/*"
DAMAGES: dict[str, Callable[[Path], Any]] = {
    "manifest missing": lambda f: (f / "manifest.json").unlink(),
    "manifest empty": lambda f: (f / "manifest.json").write_bytes(b""),
    "manifest cut": lambda f: rewrite(f / "manifest.json", lambda c: c[:-20]),
    "manifest no JSON object": lambda f: (f / "manifest.json").write_text("[]"),
    "manifest nested without end": lambda f: (f / "manifest.json").write_text("[" * 100_000),
    "manifest of another format": lambda f: in_manifest(f, lambda b: b.update(format="inspect-backup-2")),
    "manifest without a field": lambda f: in_manifest(f, lambda b: b.pop("epoch")),
    "manifest with a new field": lambda f: in_manifest(f, lambda b: b.update(more=1), sealed=True),
    "manifest's moment changed": lambda f: in_manifest(f, lambda b: b.update(began_at="2020-01-01T00:00:00+00:00")),
    "manifest's hash changed": lambda f: in_manifest(f, lambda b: first_of(b).update(sha256="0" * 64)),
    "manifest's hash changed and sealed": lambda f: in_manifest(
        f, lambda b: first_of(b).update(sha256="0" * 64), sealed=True
    ),
    "a file taken out of the manifest": lambda f: in_manifest(
        f, lambda b: b["files"].pop(next(n for n in b["files"] if n.startswith("files/"))), sealed=True
    ),
    "a path that leads out": lambda f: in_manifest(
        f, lambda b: b["files"].update({"files/../../x": {"size": 1, "sha256": "0" * 64}}), sealed=True
    ),
    "database missing": lambda f: database_file(f).unlink(),
    "database cut": lambda f: rewrite(database_file(f), lambda c: c[:-1]),
    "database empty": lambda f: rewrite(database_file(f), lambda c: b""),
    "database with one bit turned": lambda f: rewrite(database_file(f), flip),
    "database longer": lambda f: rewrite(database_file(f), lambda c: c + b"\n"),
    "file missing": lambda f: first(f, PHOTO).unlink(),
    "file cut": lambda f: rewrite(first(f, PHOTO), lambda c: c[:-1]),
    "file empty": lambda f: rewrite(first(f, PHOTO), lambda c: b""),
    "file with one bit turned": lambda f: rewrite(first(f, PHOTO), flip),
    "file renamed": lambda f: first(f, PHOTO).rename(first(f, PHOTO).with_name("0" * 64)),
    "two files swapped": lambda f: swap(*sorted(f.glob(PHOTO))[:2]),
    "file replaced by a link": lambda f: to_link(first(f, PHOTO)),
    "file replaced by a folder": lambda f: (first(f, PHOTO), to_folder(first(f, PHOTO))),
    "foreign file among the files": lambda f: (first(f, PHOTO).parent / ("f" * 64)).write_bytes(b"x"),
    "foreign file at the top": lambda f: (f / "notes.txt").write_text("x"),
    "upload changed": lambda f: rewrite(first(f, "uploads/*"), flip),
    "upload missing": lambda f: first(f, "uploads/*").unlink(),
}


def first_of(body: dict[str, Any]) -> dict[str, Any]:
    return body["files"][sorted(body["files"])[0]]


def to_folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


@pytest.mark.parametrize("damage", DAMAGES)
def test_every_damage_is_found_before_anything_is_touched(
    place: Place, backup: Path, tmp_path: Path, damage: str
) -> None:
    copy = Path(shutil.copytree(backup, tmp_path / "backup"))
    assert verified(copy).epoch == 1
    DAMAGES[damage](copy)
    before = place.do(counts)
    with pytest.raises(Damaged) as found:
        restore(place.settings, copy, over=True)
    assert len(str(found.value)) < 200 and "\n" not in str(found.value)
    assert place.do(counts) == before and not (place.settings.data / RESTORING).exists()


def test_a_damage_is_named(backup: Path, tmp_path: Path) -> None:
    copy = Path(shutil.copytree(backup, tmp_path / "backup"))
    broken = first(copy, PHOTO)
    rewrite(broken, flip)
    with pytest.raises(Damaged, match=broken.name):
        verified(copy)


def test_a_backup_of_another_kind_or_of_a_newer_version_is_refused(place: Place, backup: Path, tmp_path: Path) -> None:
    copy = Path(shutil.copytree(backup, tmp_path / "one"))
    in_manifest(copy, lambda b: b.update(schema="9999"), sealed=True)
    with pytest.raises(CannotRestore, match="9999"):
        restore(place.settings, copy, over=True)
    in_manifest(copy, lambda b: b.update(dialect="oracle"), sealed=True)
    with pytest.raises(CannotRestore, match="oracle"):
        restore(place.settings, copy, over=True)


def test_what_is_there_is_replaced_only_when_asked(place: Place, backup: Path) -> None:
    with pytest.raises(CannotRestore, match="--replace"):
        restore(place.settings, backup)


def test_a_running_product_is_not_restored_over(place: Place, backup: Path) -> None:
    with lock_data_folder(place.settings), pytest.raises(CannotRestore, match="already runs"):
        restore(place.settings, backup, over=True)


def test_a_backup_goes_to_an_empty_folder_only(place: Place, backup: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(CannotBackUp, match="not empty"):
        place.do(lambda: back_up(place.settings, tmp_path))
    with pytest.raises(CannotBackUp):
        place.do(lambda: back_up(place.settings, tmp_path / "file"))


def test_a_backup_says_which_files_the_store_has_lost(place: Place, backup: Path, tmp_path: Path) -> None:
    lost = place.settings.files / first(backup, PHOTO).relative_to(backup / "files")
    kept = lost.read_bytes()
    before = place.do(lambda: deployment().backed_up_until)
    try:
        lost.unlink()
        assert place.do(lambda: back_up(place.settings, tmp_path / "one")).lost == (lost.name,)
        lost.write_bytes(b"other")
        assert place.do(lambda: back_up(place.settings, tmp_path / "two")).lost == (lost.name,)
        assert place.do(lambda: deployment().backed_up_until) == before, "no tablet lets go of anything"
    finally:
        lost.write_bytes(kept)


def test_a_restore_that_is_broken_off_keeps_the_product_from_starting(
    place: Place, backup: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    step = "_restore_sqlite" if place.settings.uses_sqlite else "_restore_postgresql"
    with monkeypatch.context() as broken:
        broken.setattr(f"inspect_app.backup.restoring.{step}", lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            restore(place.settings, backup, over=True)
    with pytest.raises(CannotStart, match="--replace"):
        refuse_half_restored(place.settings.data)
    restore(place.settings, backup, over=True)
    refuse_half_restored(place.settings.data)


def test_after_a_disaster_nothing_is_lost_and_nothing_is_double(place: Place, backup: Path, tmp_path: Path) -> None:
    """The drill: backup, more answers and photos, everything destroyed, restored; the tablet offers again."""
    kept: dict[str, Any] = {}

    def work() -> None:
        tablet = kept["tablet"] = Tablet(place, place.world, make_visit(place.world))
        for number in range(1, 21):
            tablet.answer(number)
            tablet.take_photo(number % 5)
        assert set(tablet.offer()) == {"applied", "stored"}
        made = back_up(place.settings, tmp_path / "backup")
        kept["epoch"], kept["until"] = deployment().epoch, deployment().backed_up_until
        assert kept["until"] == made.began_at
        for number in range(21, 101):
            tablet.answer(number)
            if number % 4 == 0:
                tablet.take_photo(number)
        tablet.offer()
        kept["digest"], kept["counts"] = digest_of(tablet.visit.id), counts()

    place.do(work)
    place.destroy()
    restore(place.settings, tmp_path / "backup")

    def after() -> None:
        tablet = kept["tablet"]
        here = deployment()
        assert (here.epoch, here.backed_up_until) == (kept["epoch"] + 1, kept["until"])
        assert counts()["AnswerVersion"] == kept["counts"]["AnswerVersion"] - 80, "the backup is from before"
        assert set(tablet.offer()) == {"applied", "stored"}
        assert digest_of(tablet.visit.id) == kept["digest"] and counts() == kept["counts"]
        assert set(tablet.offer()) == {"applied", "stored"} and counts() == kept["counts"]
        for sha256, small in db.session.query(StoredFile.sha256, StoredFile.thumbnail_sha256):
            assert file_store().intact(sha256) and file_store().intact(small)
        assert all(broken_at(head) is None for head in heads())

    place.do(after)


def test_the_same_backup_restored_twice_begins_two_epochs(place: Place, backup: Path) -> None:
    restore(place.settings, backup, over=True)
    one = place.do(lambda: deployment().epoch)
    restore(place.settings, backup, over=True)
    assert place.do(lambda: deployment().epoch) == one + 1


def test_an_upload_on_its_way_goes_on_after_a_restore(place: Place, backup: Path) -> None:
    part = first(backup, "uploads/*")
    here = place.settings.uploads / part.name
    here.unlink(missing_ok=True)
    restore(place.settings, backup, over=True)
    assert here.read_bytes() == part.read_bytes()
    here.write_bytes(part.read_bytes() + b"more")
    restore(place.settings, backup, over=True)
    assert here.read_bytes().endswith(b"more"), "what came since is not taken back"


def test_a_backup_is_made_while_somebody_writes(place: Place, backup: Path, tmp_path: Path) -> None:
    """What is not committed when the backup reads the database is not in it, and nobody waits."""

    def work() -> None:
        changed = text("UPDATE preference SET value = '{\"value\": 1}' WHERE name = 'sync_deployment'")
        real = making.dump_sqlite if place.settings.uses_sqlite else making.dump_postgresql

        def dump(*given: Any) -> Any:
            with db.engine.connect() as other:
                other.execute(changed)
                made = real(*given)
                other.rollback()
            return made

        with pytest.MonkeyPatch.context() as patched:
            patched.setattr(making, real.__name__, dump)
            assert not back_up(place.settings, tmp_path / "backup").lost

    place.do(work)
    restore(place.settings, tmp_path / "backup", over=True)
    assert place.do(lambda: deployment().id)
