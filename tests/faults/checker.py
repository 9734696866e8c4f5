"""Compares what tablets did with what the database holds. It trusts neither the product nor the acknowledgements.

Every change that was made is looked for; a change that was acknowledged must be there once, with its value, its entry
in the log and its effects, or aside with its text. Nothing may be there that nobody made.
"""

import hashlib
import io
import json
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select

from inspect_app.audit.models import AuditEntry, AuditHead
from inspect_app.audit.queries import broken_at, chains_without_head
from inspect_app.db import db
from inspect_app.documents.models import Attachment, StoredFile
from inspect_app.documents.photos import reencode
from inspect_app.documents.store import FolderStore
from inspect_app.findings.models import Finding
from inspect_app.inspections.models import Answer, AnswerVersion, Inspection
from inspect_app.inspections.rules import State
from inspect_app.notifications.models import Notice
from inspect_app.queue import Outbox
from inspect_app.sync.models import Mutation, Parked
from inspect_app.sync.models_doors import SyncUpload
from tests.faults.rig import Rig
from tests.faults.tablets import Made, Shot, Tablet

STARTED = "inspect_app.inspections.jobs.tell_of"


@dataclass
class Verdict:
    """What is wrong, by kind: each kind with its sentences. `counts` says how much was looked at."""

    faults: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    counts: Counter[str] = field(default_factory=Counter)

    @property
    def red(self) -> bool:
        return bool(self.faults)

    def say(self, kind: str, words: str) -> None:
        self.faults[kind].append(words)

    def __str__(self) -> str:
        return "\n".join(f"{kind} ({len(said)}): {said[0]}" for kind, said in self.faults.items()) or "all is well"


def check(rig: Rig, tablets: list[Tablet], *, drained: bool = False) -> Verdict:
    """The whole of it. `drained` says that the work that waits had time to be done."""
    with rig.inside():
        return Checker(rig, tablets, drained).run()


class Checker:
    def __init__(self, rig: Rig, tablets: list[Tablet], drained: bool) -> None:
        self.drained = drained
        self.store = FolderStore(rig.folder / "files")
        self.tablets = tablets
        self.made = [made for tablet in tablets for made in tablet.made]
        self.by_id = {made.change["id"]: made for made in self.made}
        self.verdict = Verdict()
        self.versions: list[AnswerVersion] = []
        self.history: dict[tuple[str, str], list[AnswerVersion]] = defaultdict(list)
        self.rows: dict[tuple[Any, ...], list[AnswerVersion]] = defaultdict(list)

    def run(self) -> Verdict:
        self._read()
        for made in self.made:
            self._change(made)
        self._nothing_else()
        for place, versions in self.history.items():
            self._criterion(place, versions)
        self._log()
        self._outbox()
        self._photos([shot for tablet in self.tablets for shot in tablet.shots])
        return self.verdict

    def _read(self) -> None:
        self.mutations = {str(row.id): row for row in _all_of(Mutation)}
        self.parked: dict[str, list[Parked]] = defaultdict(list)
        for row in _all_of(Parked):
            self.parked[row.mutation_id].append(row)
        for version in sorted(_all_of(AnswerVersion), key=lambda row: row.version):
            self.versions.append(version)
            if version.device is None:  # A page made it, before any tablet came.
                continue
            self.history[str(version.inspection_id), version.criterion_code].append(version)
            self.rows[
                self._key(version.inspection_id, version.criterion_code, version.device, version.answered_at)
            ] += [version]
        self.answers = {(str(row.inspection_id), row.criterion_code): row for row in _all_of(Answer)}
        self.inspections = {str(row.id): row for row in _all_of(Inspection)}
        self.findings = Counter(str(row.id) for row in _all_of(Finding))
        self.entries = _all_of(AuditEntry)

    def _key(self, inspection: Any, criterion: str, device: str, moment: datetime) -> tuple[Any, ...]:
        return str(inspection), criterion, device, moment.astimezone(UTC)

    def _key_of(self, change: dict[str, Any]) -> tuple[Any, ...]:
        moment = datetime.fromisoformat(change["client_time"])
        return self._key(change["inspection"], change["criterion"], change["device"], moment)

    # One change

    def _change(self, made: Made) -> None:
        self.verdict.counts["changes"] += 1
        change = made.change
        rows = self.rows.get(self._key_of(change), []) if change["op"] in {"answer", "note"} else []
        if len(rows) > 1:
            self.verdict.say("duplicated", f"{change['id']} stands {len(rows)} times in the history")
        if not made.acks:
            return
        results = {ack["result"] for ack in made.acks}
        if len(results) > 1:
            self.verdict.say("told differently", f"{change['id']}: {sorted(results)}")
        self.verdict.counts[made.result.partition(":")[0]] += 1
        if made.result.startswith("parked:"):
            self._aside(made)
            return
        self._remembered(made)
        if change["op"] in {"answer", "note"}:
            self._answer(made, rows)
        elif change["op"] == "finding" and self.findings[change["value"]["id"]] != 1:
            self.verdict.say("lost", f"finding {change['value']['id']}")
        elif change["op"] == "start" and self.inspections[change["inspection"]].state is not State.IN_PROGRESS:
            self.verdict.say("lost", f"start of {change['inspection']}")

    def _remembered(self, made: Made) -> None:
        row = self.mutations.get(made.change["id"])
        text = json.dumps(made.change, sort_keys=True, separators=(",", ":"))
        if row is None:
            self.verdict.say("lost", f"{made.change['id']} was named and is not remembered")
        elif row.body_hash != hashlib.sha256(text.encode()).hexdigest():
            self.verdict.say("lost", f"{made.change['id']} is remembered with another content")

    def _aside(self, made: Made) -> None:
        kept = self.parked.get(made.change["id"], [])
        same = [row for row in kept if json.loads(row.body) == made.change]
        if not same:
            self.verdict.say("lost", f"{made.change['id']} was put aside and is not there")
        elif len(same) > 1:
            self.verdict.say("duplicated", f"{made.change['id']} was put aside {len(same)} times")

    def _answer(self, made: Made, rows: list[AnswerVersion]) -> None:
        change, ack = made.change, made.acks[0]
        if made.result == "same":
            place = change["inspection"], change["criterion"]
            if not any(self._holds(row, change) for row in self.history.get(place, [])):
                self.verdict.say("lost", f"{change['id']}: nobody ever gave what it says was there already")
            if rows:
                self.verdict.say("wrong", f"{change['id']}: told same and stands in the history")
            return
        if not rows:
            self.verdict.say("lost", f"{change['id']} was named {made.result} and is in no history")
            return
        row = rows[0]
        if row.applied != (made.result == "applied") or row.version != ack["version"]:
            self.verdict.say("wrong", f"{change['id']}: told {made.result} {ack['version']}, is {row.version}")
        if not self._holds(row, change):
            self.verdict.say("wrong", f"{change['id']}: another value than was sent")
        if str(row.author_id) != change["author"]:
            self.verdict.say("wrong", f"{change['id']}: another author")

    def _holds(self, row: AnswerVersion, change: dict[str, Any]) -> bool:
        return row.note == change["note"] if change["op"] == "note" else _same(row.value, change["value"])

    # A criterion

    def _nothing_else(self) -> None:
        known = {self._key_of(made.change) for made in self.made}
        for key in self.rows.keys() - known:
            self.verdict.say("wrong", f"nobody made what stands in the history: {key}")

    def _criterion(self, place: tuple[str, str], versions: list[AnswerVersion]) -> None:
        self.verdict.counts["versions"] += len(versions)
        if [row.version for row in versions] != list(range(1, len(versions) + 1)):
            self.verdict.say("wrong", f"{place}: versions {[row.version for row in versions][:9]}")
        in_force = None
        for row in versions:
            if row.applied:
                self._may_replace(row, in_force)
                in_force = row
        now = self.answers.get(place)
        if now is None or in_force is None or now.version != in_force.version:
            self.verdict.say("wrong", f"{place}: what is in force is not the last that was applied")
        elif not _same(now.value, in_force.value) or now.note != in_force.note:
            self.verdict.say("wrong", f"{place}: what is in force differs from its history")

    def _may_replace(self, row: AnswerVersion, before: AnswerVersion | None) -> None:
        """Whoever replaced an answer had seen it: else the two should stand beside each other."""
        made = [m for m in self.made if self._key_of(m.change) == self._key_of_row(row)] if before else []
        if not made:
            return
        change = made[0].change
        if change["base_version"] == row.version - 1:
            return
        now = before.note if change["op"] == "note" else before.value
        if change["base_value_hash"] == _hash(now) or (change["base_value_hash"] is None and now in (None, "")):
            return
        if change.get("base_change") and self._rests_on_own(change, row, now):
            return
        self.verdict.say("overwrote", f"{change['id']} replaced version {before.version}, which it had never seen")

    def _rests_on_own(self, change: dict[str, Any], row: AnswerVersion, now: Any) -> bool:
        earlier = self.by_id.get(change["base_change"])
        if earlier is None:
            return False
        acks = earlier.acks or [self.mutations[change["base_change"]].result]
        seen = acks[0].get("answer") or {}
        hashed = "note_hash" if change["op"] == "note" else "value_hash"
        return acks[0].get("version") == row.version - 1 or seen.get(hashed) == _hash(now)

    def _key_of_row(self, row: AnswerVersion) -> tuple[Any, ...]:
        return self._key(row.inspection_id, row.criterion_code, row.device or "", row.answered_at)

    # The log

    def _log(self) -> None:
        """Every chain holds, and every version in the history has its one entry: a chain alone hides a cut tail."""
        self._chains()
        self._entries()

    def _chains(self) -> None:
        for head in db.session.scalars(select(AuditHead)):
            if (fault := broken_at(head)) is not None:
                self.verdict.say("log", f"chain {head.chain} does not hold at {fault}")
        for chain in chains_without_head():
            self.verdict.say("log", f"chain {chain} has no head")

    def _entries(self) -> None:
        entered = Counter(
            (str(entry.thing_id), entry.details["criterion"], entry.details["answer_version"])
            for entry in self.entries
            if entry.action in {"answer recorded", "answer in conflict"}
        )
        wanted = Counter((str(row.inspection_id), row.criterion_code, row.version) for row in self.versions)
        for missing in wanted - entered:
            self.verdict.say("log", f"no entry for {missing}")
        for more in entered - wanted:
            self.verdict.say("log", f"an entry too many for {more}")
        there = {(entry.chain, entry.seq) for entry in self.entries}
        for made in self.made:
            if made.result == "applied" and made.acks[0].get("audit_seq"):
                named = str(self.inspections[made.change["inspection"]].unit_id), made.acks[0]["audit_seq"]
                if named not in there:
                    self.verdict.say("log", f"entry {named} was named and is not there")

    # What follows from a change

    def _outbox(self) -> None:
        """Each start of an unannounced visit was told to its unit once."""
        rows = list(db.session.scalars(select(Outbox)))
        asked = Counter(row.arguments[0] for row in rows if row.job == STARTED and row.arguments[1:] == ["started"])
        started = {m.change["inspection"] for m in self.made if m.change["op"] == "start" and m.result == "applied"}
        told: Counter[tuple[str, UUID]] = Counter()
        for notice in db.session.scalars(select(Notice)):
            told[str(notice.thing_id), notice.person_id] += 1
        for inspection in started:
            self.verdict.counts["effects"] += 1
            if asked[inspection] != 1:
                self.verdict.say("effects", f"the start of {inspection} asks {asked[inspection]} times for its notice")
            people = [count for (thing, _person), count in told.items() if thing == inspection]
            if self.drained and people != [1]:
                self.verdict.say("effects", f"the start of {inspection} was told {people} times")
        if self.drained:
            for row in rows:
                if row.done_at is None:
                    self.verdict.say("stuck", f"{row.job}{row.arguments} after {row.attempts} tries: {row.error}")

    # Photos

    def _photos(self, shots: list[Shot]) -> None:
        uploads = {str(row.id): row for row in db.session.scalars(select(SyncUpload))}
        hung = {row.id: row for row in db.session.scalars(select(Attachment))}
        for shot in shots:
            self.verdict.counts["photos"] += 1
            row = uploads.get(shot.id)
            if shot.result and (row is None or row.outcome != shot.result):
                self.verdict.say("photo lost", f"{shot.id} was named {shot.result} and is not remembered so")
            elif shot.result == "stored":
                self._hangs(shot, row.sha256, hung.get(row.attachment_id))
            elif shot.result and not (self.parked.get(shot.id) and self.store.intact(shot.sha256)):
                self.verdict.say("photo lost", f"{shot.id} was put aside and is not there")
        stored = Counter(row.attachment_id for row in uploads.values() if row.outcome == "stored")
        for attachment_id in hung.keys() - stored.keys():
            self.verdict.say("photo duplicated", f"attachment {attachment_id} belongs to no photo that was sent")

    def _hangs(self, shot: Shot, sent: str, attachment: Attachment | None) -> None:
        if attachment is None or attachment.criterion_code != shot.criterion:
            self.verdict.say("photo lost", f"{shot.id} hangs nowhere")
            return
        kept = db.session.get_one(StoredFile, attachment.file_id).sha256
        if sent != shot.sha256 or kept != _kept_as(shot.content):
            self.verdict.say("photo wrong", f"{shot.id} is another picture")
        if not self.store.intact(kept):
            self.verdict.say("photo lost", f"{shot.id} has no content")


def _same(one: Any, other: Any) -> bool:
    return _hash(_plain(one)) == _hash(_plain(other))


def _plain(value: Any) -> Any:
    """Numbers by their worth: the server keeps "12.50" as "12.5"."""
    if isinstance(value, dict):
        return {name: _plain(item) for name, item in value.items()}
    if isinstance(value, str):
        try:
            return float(value)
        except ValueError:
            return value
    return value


def _hash(value: Any) -> str:
    return hashlib.sha256(json.dumps(value, sort_keys=True, separators=(",", ":")).encode()).hexdigest()


_kept: dict[bytes, str] = {}


def _kept_as(content: bytes) -> str:
    """The hash of a photo as the product keeps it, made again."""
    if content not in _kept:
        _kept[content] = hashlib.sha256(io.BytesIO(reencode(content).jpeg).getvalue()).hexdigest()
    return _kept[content]


def _all_of(model: Any) -> list[Any]:
    return list(db.session.scalars(select(model)))
