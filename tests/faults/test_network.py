"""The tablet's own modules behind a bad network: nothing is shown as sent that the server does not have."""

import json
import shutil
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.faults import proxy as bad
from tests.faults.checker import check
from tests.faults.proxy import Proxy
from tests.faults.rig import Rig, rig_on_sqlite
from tests.faults.tablets import Made, Tablet
from tests.serve.installation import ROOT

pytestmark = [
    pytest.mark.network,
    pytest.mark.skipif(not shutil.which("node"), reason="there is no node on this machine"),
]
LATE = 1.0
"""Seconds: the client in Node waits half of one."""

CASES: dict[str, Callable[[], Any]] = {
    "portal 200": lambda: bad.portal("200 OK"),
    "portal 201": lambda: bad.portal("201 Created"),
    "portal 302": lambda: bad.portal("302 Found", "Location: http://127.0.0.1:9/"),
    "portal 303": lambda: bad.portal("303 See Other", "Location: /sync/visits"),
    "portal 307": lambda: bad.portal("307 Temporary Redirect", "Location: /"),
    "portal 511": lambda: bad.portal("511 Network Authentication Required"),
    "proxy 407": lambda: bad.portal("407 Proxy Authentication Required"),
    "gateway 502": lambda: bad.portal("502 Bad Gateway"),
    "gateway 503": lambda: bad.portal("503 Service Unavailable", "Retry-After: 5"),
    "gateway 504": lambda: bad.portal("504 Gateway Timeout"),
    "no content 204": lambda: lambda *_: b"HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n",
    "not modified 304": lambda: lambda *_: b"HTTP/1.1 304 Not Modified\r\nConnection: close\r\n\r\n",
    "no HTTP at all": lambda: lambda *_: b"SSH-2.0-OpenSSH_9.2\r\n",
    "empty JSON": lambda: _said(b"{}"),
    "JSON that is no object": lambda: _said(b"[]"),
    "JSON null": lambda: _said(b"null"),
    "another installation": lambda: _said(b'{"deployment":"other","ack":[]}'),
    "nobody named": lambda: bad_acks(lambda acks: []),
    "half of them named": lambda: bad_acks(lambda acks: acks[::2]),
    "others named": lambda: bad_acks(lambda acks: [{**ack, "id": "0" * 36} for ack in acks]),
    "named without a result": lambda: bad_acks(lambda acks: [{"id": ack["id"]} for ack in acks]),
    "lost request": lambda: bad.lost_request,
    "lost reply": lambda: bad.lost_reply,
    "late reply": lambda: bad.late_reply(LATE),
    "replayed": lambda: bad.replayed,
    "reordered": bad.Reordered,
    "56 kbit/s, a third lost": bad.Weak,
    **{f"reply cut at {share} %": lambda share=share: bad.cut_reply(share / 100) for share in range(5, 100, 5)},
}


def _said(body: bytes) -> Callable[..., bytes]:
    head = f"HTTP/1.1 201 Created\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n"
    return lambda *_: head.encode() + b"Connection: close\r\n\r\n" + body


def bad_acks(change: Callable[[list[Any]], list[Any]]) -> Callable[..., bytes]:
    """The server does it, and somebody on the way changes whom the answer names."""

    def mishap(request: bytes, pass_on: Callable[[bytes], bytes]) -> bytes:
        reply = json.loads(pass_on(request).partition(b"\r\n\r\n")[2])
        return _said(json.dumps({**reply, "ack": change(reply["ack"])}).encode())()

    return mishap


@dataclass
class Client:
    """The tablet's modules in a process of Node."""

    node: subprocess.Popen[str]

    def do(self, what: str, **more: Any) -> Any:
        assert self.node.stdin is not None and self.node.stdout is not None
        self.node.stdin.write(json.dumps({"do": what, **more}) + "\n")
        self.node.stdin.flush()
        told = json.loads(self.node.stdout.readline())
        assert "error" not in told, told["error"]
        return told


@dataclass
class Place:
    rig: Rig
    proxy: Proxy
    client: Client
    tablet: Tablet
    visits: list[str]
    done: list[Tablet]


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    with rig_on_sqlite(tmp_path_factory.mktemp("network") / "data") as rig:
        proxy = Proxy(rig.port)
        visit = rig.world["visits"][0]["id"]
        tablet = Tablet(rig.port, rig.world["people"][0], "T1").open(visit)
        cookie = "; ".join(f"{name}={value}" for name, value in tablet.cookies.items())
        words = ["node", str(Path(__file__).with_name("client.mjs")), f"http://127.0.0.1:{proxy.port}", cookie]
        node = subprocess.Popen(
            [*words, tablet.person["id"], tablet.csrf],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        with node:
            yield Place(rig, proxy, Client(node), tablet, [each["id"] for each in rig.world["visits"]], [])
            node.kill()
        proxy.close()


def test_there_are_enough_cases() -> None:
    assert len(CASES) >= 40


@pytest.mark.parametrize("number,case", list(enumerate(CASES)))
def test_nothing_is_called_sent_that_the_server_does_not_have(place: Place, number: int, case: str) -> None:
    device = f"N{number}"
    place.client.do("begin", device=device)
    mishap = CASES[case]()
    place.proxy.mishap = mishap
    said = place.client.do("add", changes=changes(place, device, number))
    during = as_tablet(place, device, said)
    assert len(during.made) == 6, "each is shown as waiting or as sent"
    found = check(place.rig, [*place.done, during])
    assert not found.red, f"{case}: {found}"
    said = place.client.do("flush")
    place.proxy.mishap = None
    if isinstance(mishap, bad.Reordered):
        mishap.deliver(place.proxy)
    for _ in range(3):
        said = place.client.do("flush")
    after = as_tablet(place, device, said)
    assert not after.waiting() and said["trouble"] is None, f"{case}: {said['trouble']}"
    found = check(place.rig, [*place.done, after])
    assert not found.red, f"{case}: {found}"
    place.done.append(after)


def changes(place: Place, device: str, number: int) -> list[dict[str, Any]]:
    """Three answers and a note on a criterion of this case's visit, and a note elsewhere, as the screens make them."""
    facts = {
        "inspection": place.visits[number % len(place.visits)],
        "base_version": 0,
        "base_value_hash": None,
        "note": "",
        "value": None,
    }
    facts["template_version"] = next(iter(place.tablet.packs.values()))["template_version"]
    answers = [{"numerator": n, "denominator": 100 + number} for n in range(4)]
    return [
        *({**facts, "criterion": "A.1.3", "op": "answer", "value": value} for value in answers),
        {**facts, "criterion": "A.1.3", "op": "note", "note": f"{device} một"},
        {**facts, "criterion": "A.2", "op": "note", "note": f"{device} hai"},
    ]


def as_tablet(place: Place, device: str, said: dict[str, Any]) -> Tablet:
    """What the client shows, as the checker reads tablets."""
    shown = Tablet(place.rig.port, place.rig.world["people"][0], device)
    shown.made = [Made(entry["change"], [entry["ack"]]) for entry in said["sent"]]
    shown.made += [Made(change) for change in said["waiting"]]
    return shown
