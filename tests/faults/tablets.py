"""Tablets that speak the protocol over HTTP, remember every change that they made, and never believe anybody too early.

They know what docs/sync.md says and nothing else of the product: what they count as sent is what the checker holds the
server to.
"""

import base64
import hashlib
import http.client
import json
import random
import re
import threading
import time
import urllib.parse
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from uuid6 import uuid7

from tests.faults.world import PASSWORD

MOST = 50
PIECE = 16 * 1024
JSON = {"Accept": "application/json", "Content-Type": "application/json", "X-Sync-Protocol": "1"}


class Trouble(Exception):
    """Nothing was acknowledged: what waits, waits."""


@dataclass(slots=True)
class Made:
    """A change as it was made, and every acknowledgement that came for it."""

    change: dict[str, Any]
    acks: list[dict[str, Any]] = field(default_factory=list)

    @property
    def result(self) -> str:
        return self.acks[0]["result"] if self.acks else ""


@dataclass(slots=True)
class Shot:
    """A photo as it was taken; `result` is what the server said that it did with it."""

    id: str
    inspection: str
    criterion: str
    content: bytes
    taken_at: str
    result: str = ""
    attachment: str = ""

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.content).hexdigest()


@dataclass(slots=True)
class Reply:
    status: int
    headers: dict[str, str]
    body: bytes

    def json(self) -> Any:
        if not self.headers.get("content-type", "").startswith("application/json"):
            raise Trouble(f"{self.status} without JSON")
        try:
            return json.loads(self.body)
        except ValueError as error:
            raise Trouble("cut off") from error


class Tablet:
    """One device in one person's hands. `luck` decides what it answers and what breaks on its way."""

    def __init__(self, port: int, person: dict[str, str], device: str, *, luck: random.Random | None = None) -> None:
        self.port, self.person, self.device = port, person, device
        self.luck = luck or random.Random(device)
        self.made: list[Made] = []
        self.shots: list[Shot] = []
        self.seq = 0
        self.cookies: dict[str, str] = {}
        self.csrf = ""
        self.deployment: str | None = None
        self.packs: dict[str, dict[str, Any]] = {}
        self.skew = timedelta()
        self.lost_replies = 0.0
        self.replays = 0.0
        self.dropped = 0.0
        self.flipped = 0.0
        self.piece = PIECE
        self.bytes_sent = 0

    # Talking

    def ask(
        self, method: str, path: str, body: bytes | None = None, headers: dict[str, str] | None = None, cut: int = -1
    ) -> Reply:
        """One request on a connection of its own. With `cut`, only so many bytes of the body leave. Raises Trouble."""
        call = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        cookie = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        try:
            call.putrequest(method, path)
            for name, value in {"Cookie": cookie, "Connection": "close", **(headers or {})}.items():
                call.putheader(name, value)
            if body is not None:
                call.putheader("Content-Length", str(len(body)))
            call.endheaders(body if cut < 0 else (body or b"")[:cut])
            if cut >= 0:
                raise Trouble("cut")
            answer = call.getresponse()
            reply = Reply(answer.status, {n.lower(): v for n, v in answer.getheaders()}, answer.read())
            for morsel in answer.headers.get_all("Set-Cookie") or []:
                name, _, value = morsel.partition(";")[0].partition("=")
                self.cookies[name] = value
            return reply
        except (OSError, http.client.HTTPException) as error:
            raise Trouble(str(error)) from error
        finally:
            call.close()

    def sign_in(self) -> None:
        """By address and password, as a person does."""
        self.cookies.clear()
        page = self.ask("GET", "/sign-in").body.decode()
        token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page)
        if token is None:
            raise Trouble("no page")
        form = {"csrf_token": token[1], "email": self.person["email"], "password": PASSWORD, "next": ""}
        typed = urllib.parse.urlencode(form).encode()
        kind = {"Content-Type": "application/x-www-form-urlencoded"}
        if self.ask("POST", "/sign-in", typed, kind).status not in {302, 303}:
            raise Trouble("not signed in")

    def fetch(self, path: str) -> Any:
        reply = self.ask("GET", path, headers=JSON)
        if reply.status != 200:
            raise Trouble(f"{path}: {reply.status}")
        return reply.json()

    def open(self, *visits: str) -> "Tablet":
        """Takes the packs of these visits along, however often that must be tried. The session has begun already."""
        self.cookies = dict(json.loads(self.person["cookies"]))
        insist(self.refresh_token)
        for visit in visits:
            self.packs[visit] = insist(lambda visit=visit: self.fetch(f"/sync/inspections/{visit}"))
        return self

    def refresh_token(self) -> None:
        found = self.fetch("/sync/visits")
        self.csrf = found["csrf"]
        self.deployment = self.deployment or found["deployment"]

    # Making

    def make(self, inspection: str, criterion: str, op: str, value: Any = None, note: str = "", **more: Any) -> Made:
        """A change as the tablet keeps it; it rests on what the tablet knows, or on its own that still waits."""
        self.seq += 1
        known = self.packs.get(inspection, {}).get("answers", {}).get(criterion)
        hashed = "note_hash" if op == "note" else "value_hash"
        before = [one for one in self.waiting() if self._place(one) == (inspection, criterion, op)]
        change: dict[str, Any] = {
            "id": str(uuid7()),
            "device": self.device,
            "seq": self.seq,
            "author": self.person["id"],
            "inspection": inspection,
            "criterion": criterion,
            "op": op,
            "base_version": known["version"] if known else 0,
            "base_value_hash": known[hashed] if known else None,
            "value": value,
            "note": note,
            "client_time": (datetime.now(UTC) + self.skew).isoformat(),
            "template_version": self.packs.get(inspection, {}).get("template_version", "-"),
            "app_version": "1",
        }
        if before and op in {"answer", "note"}:
            change["base_change"] = before[-1].change["id"]
        self.made.append(Made(change | more))
        return self.made[-1]

    def answer_anything(self, inspection: str) -> Made:
        """An answer or note that nobody else gives, at a criterion that the tablet's luck picks."""
        code = self.luck.choice(["A.1.3", "B.1", "B.3", "C.2.2", "A.1.2", "A.2", "B.2"])
        number = self.luck.randrange(1_000_000)
        if self.luck.random() < 0.4:
            return self.make(inspection, code, "note", note=f"{self.device} {number} ghi chú")
        values: dict[str, Any] = {
            "A.1.2": {"value": bool(number % 2)},
            "A.2": {"events": number % 50},
            "B.2": {"share_pct": f"{number % 10000 / 100:.2f}"},
            "B.3": {"counts": [number % 97, number % 13, number % 7, 1]},
        }
        ratio = {"numerator": number % 1000, "denominator": 1000 + number % 1000}
        return self.make(inspection, code, "answer", values.get(code, ratio))

    def _place(self, made: Made) -> tuple[str, str, str]:
        return made.change["inspection"], made.change["criterion"], made.change["op"]

    # Sending

    def waiting(self) -> list[Made]:
        """What the server has not named, in its order."""
        return [one for one in self.made if not one.acks]

    def send(self, batch: list[Made], *, believe: bool = True, cut: int = -1) -> list[dict[str, Any]]:
        """Sends a batch; what the answer names is noted unless the reply gets lost (`believe`). Raises Trouble."""
        report = {"device": self.device, "waiting": len(batch), "photos": 0, "app_version": "1"}
        report |= {"client_time": (datetime.now(UTC) + self.skew).isoformat(), "storage": {"persisted": True}}
        body = json.dumps({"changes": [one.change for one in batch], "report": report}).encode()
        reply = self.ask("POST", "/sync/changes", body, {**JSON, "X-CSRFToken": self.csrf}, cut)
        if reply.status != 201:
            if reply.status in {400, 401}:
                insist(self.sign_in, tries=1)
                insist(self.refresh_token, tries=1)
            raise Trouble(str(reply.status))
        said = reply.json()
        if self.deployment and said["deployment"] != self.deployment:
            raise Trouble("another installation")
        self.deployment = said["deployment"]
        acks: list[dict[str, Any]] = said["ack"]
        if believe:
            self._note(batch, acks)
        return acks

    def _note(self, batch: list[Made], acks: list[dict[str, Any]]) -> None:
        by_id = {ack["id"]: ack for ack in acks}
        for one in batch:
            ack = by_id.get(one.change["id"])
            if ack is None:
                continue
            one.acks.append(ack)
            if ack.get("answer") and one.change["inspection"] in self.packs:
                known = self.packs[one.change["inspection"]]["answers"]
                known[one.change["criterion"]] = ack["answer"] | {"version": ack["version"]}

    def send_some(self) -> None:
        """One batch of what waits, with the mishaps that this tablet has. Raises Trouble."""
        batch = self.waiting()[: self.luck.randint(1, MOST)]
        if not batch:
            return
        if self.luck.random() < self.lost_replies:
            self.send(batch, believe=False)
            raise Trouble("the reply is lost")
        self.send(batch)
        if self.luck.random() < self.replays:
            self.send(batch)

    def send_all(self, *, patience: float = 90.0) -> None:
        """Tries until nothing waits. Raises AssertionError when that takes longer than anything takes."""
        limit = time.monotonic() + patience
        while self.waiting():
            try:
                self.send_some()
            except Trouble as trouble:
                assert time.monotonic() < limit, f"{self.device}: {len(self.waiting())} changes are stuck: {trouble}"
                time.sleep(self.luck.uniform(0.02, 0.2))

    # Photos

    def shoot(self, inspection: str, criterion: str, content: bytes) -> Shot:
        shot = Shot(str(uuid7()), inspection, criterion, content, datetime.now(UTC).isoformat())
        self.shots.append(shot)
        return shot

    def announce(self, shot: Shot) -> Reply:
        facts = {"id": shot.id, "inspection": shot.inspection, "criterion": shot.criterion, "sha256": shot.sha256}
        facts |= {"name": "ảnh.jpg", "taken_at": shot.taken_at, "device": self.device}
        said = ",".join(f"{name} {base64.b64encode(word.encode()).decode()}" for name, word in facts.items())
        headers = {"Upload-Length": str(len(shot.content)), "Upload-Metadata": said}
        return self.ask("POST", "/sync/uploads", b"", self._tus(headers))

    def head(self, shot: Shot) -> Reply:
        return self.ask("HEAD", f"/sync/uploads/{shot.id}", headers=self._tus({}))

    def patch(self, shot: Shot, offset: int, piece: bytes, *, cut: int = -1, flip: bool = False) -> Reply:
        """A piece; `flip` turns one bit over on the way."""
        checksum = base64.b64encode(hashlib.sha256(piece).digest()).decode()
        headers = {"Upload-Offset": str(offset), "Upload-Checksum": f"sha256 {checksum}"}
        headers |= {"Content-Type": "application/offset+octet-stream"}
        sent = bytes([piece[0] ^ 1]) + piece[1:] if flip else piece
        self.bytes_sent += len(sent) if cut < 0 else cut
        return self.ask("PATCH", f"/sync/uploads/{shot.id}", sent, self._tus(headers), cut)

    def _tus(self, headers: dict[str, str]) -> dict[str, str]:
        token = {"X-CSRFToken": self.csrf, "Tus-Resumable": "1.0.0", "Accept": "application/json"}
        return token | headers

    def upload(self, shot: Shot) -> None:
        """A whole photo, from wherever the server stands. Raises Trouble."""
        reply = self._expect(self.announce(shot), 200, 201)
        while not reply.headers.get("upload-result"):
            offset = int(reply.headers["upload-offset"])
            piece = shot.content[offset : offset + self.piece]
            if piece and self.luck.random() < self.dropped:
                self._drop(shot, offset, piece)
            reply = self.patch(shot, offset, piece, flip=bool(piece) and self.luck.random() < self.flipped)
            if reply.status in {409, 460}:
                reply = self._expect(self.head(shot), 200)
            self._expect(reply, 200, 204)
        shot.result = reply.headers["upload-result"]
        shot.attachment = reply.headers.get("upload-attachment", "")

    def _drop(self, shot: Shot, offset: int, piece: bytes) -> None:
        """The network goes away in the middle of a piece, or just after it."""
        self.patch(shot, offset, piece, cut=self.luck.randrange(len(piece)) if self.luck.random() < 0.5 else -1)
        raise Trouble("dropped")

    def _expect(self, reply: Reply, *good: int) -> Reply:
        if reply.status not in good or reply.headers.get("tus-resumable") != "1.0.0":
            if reply.status in {400, 401}:
                insist(self.sign_in, tries=1)
                insist(self.refresh_token, tries=1)
            raise Trouble(str(reply.status))
        return reply

    def upload_all(self, *, patience: float = 90.0) -> None:
        limit = time.monotonic() + patience
        while waiting := [shot for shot in self.shots if not shot.result]:
            try:
                self.upload(waiting[0])
            except Trouble as trouble:
                assert time.monotonic() < limit, f"{self.device}: {len(waiting)} photos are stuck: {trouble}"
                time.sleep(self.luck.uniform(0.02, 0.1))


def insist(act: Callable[[], Any], *, tries: int = 200) -> Any:
    """Does it again until it works. Raises the last Trouble."""
    for left in range(tries, 0, -1):
        try:
            return act()
        except (Trouble, KeyError) as trouble:
            if left == 1:
                raise Trouble(str(trouble)) from trouble
            time.sleep(0.1)
    return None


def at_once(works: list[Callable[[], None]]) -> list[threading.Thread]:
    """Starts each in a thread of its own; `join_all` tells what went wrong in any."""
    threads = [Worker(work) for work in works]
    for thread in threads:
        thread.start()
    return list(threads)


class Worker(threading.Thread):
    """A thread that keeps what went wrong in it."""

    def __init__(self, work: Callable[[], None]) -> None:
        super().__init__(daemon=True)
        self.work = work
        self.error: BaseException | None = None

    def run(self) -> None:
        try:
            self.work()
        except BaseException as error:
            self.error = error


def join_all(threads: list[threading.Thread]) -> None:
    for thread in threads:
        thread.join()
    for thread in threads:
        if isinstance(thread, Worker) and thread.error:
            raise thread.error
