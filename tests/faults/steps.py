"""One step of a tablet or a person for each place where the process may end; each is tried until it has ended well."""

import re
import urllib.parse
from uuid import UUID

from sqlalchemy import func, select

from inspect_app.audit.models import AuditEntry
from inspect_app.db import db
from inspect_app.inspections.models import Inspection, Signature
from inspect_app.inspections.rules import State
from inspect_app.queue import Outbox
from tests.faults.pictures import photo
from tests.faults.rig import Rig
from tests.faults.tablets import Shot, Tablet, Trouble, insist


class Steps:
    """Two tablets on one visit, and the leader."""

    def __init__(self, rig: Rig) -> None:
        self.rig = rig
        self.visit = rig.world["visits"][0]["id"]
        self.one = Tablet(rig.port, rig.world["people"][0], "T1").open(self.visit)
        self.other = Tablet(rig.port, rig.world["people"][1], "T2").open(self.visit)
        self.lead = Tablet(rig.port, rig.world["lead"], "T3").open()
        self.tablets = [self.one, self.other, self.lead]
        self.begun = 0
        self.number = 0
        self.sealed: list[str] = []

    def pass_by(self, point: str) -> None:
        """Does what leads past this point."""
        self.number += 1
        area = point.partition(".")[0]
        if area == "sign":
            self.sign()
        elif area in {"upload", "store"}:
            self.photo(b"no photo at all" if point == "upload.aside" else photo(self.number))
        elif point == "outbox.asked":
            self.begin_visit()
        elif point == "answer.aside":
            self.disagree()
        else:
            self.answer("Z.9" if point == "change.parked" else "A.1.3")

    def answer(self, criterion: str) -> None:
        for numerator in range(3):
            self.one.make(self.visit, criterion, "answer", {"numerator": numerator, "denominator": self.number + 10})
        self.one.make(self.visit, "A.2", "note", note=f"Lần {self.number}")
        self.one.send_all()

    def disagree(self) -> None:
        """The other tablet answers what it has never seen answered."""
        self.other.make(self.visit, "B.1", "answer", {"numerator": 1, "denominator": 9})
        self.one.make(self.visit, "B.1", "answer", {"numerator": 2, "denominator": 9})
        self.one.send_all()
        self.other.send_all()
        assert self.other.made[-1].result == "conflict"

    def photo(self, content: bytes) -> Shot:
        shot = self.one.shoot(self.visit, "A.1.1", content)
        self.one.upload_all()
        return shot

    def begin_visit(self) -> None:
        """The leader begins an unannounced visit, of which its unit is told."""
        visit = self.rig.world["starts"][self.begun]["id"]
        self.begun += 1
        self.lead.make(visit, "", "start", {})
        self.lead.send_all()
        assert self.lead.made[-1].result == "applied", self.lead.made[-1].acks

    def sign(self) -> None:
        """The unit's head signs the minutes, which its leader has signed: the record freezes."""
        place = self.rig.world["signings"][len(self.sealed)]
        head = Tablet(self.rig.port, place["head"], "browser").open()
        self.sealed.append(place["id"])
        insist(lambda: self._sign(head, place["id"]))

    def _sign(self, person: Tablet, visit: str) -> None:
        path = f"/inspections/{visit}"
        page = person.ask("GET", f"{path}/minutes").body.decode()
        form = re.search(rf'<form[^>]*action="{path}/signature".*?</form>', page, re.DOTALL)
        if form is None:
            if not self._signed(visit):
                raise Trouble("no page")
            return
        fields = dict(re.findall(r'name="([^"]+)"[^>]*value="([^"]*)"', form[0]))
        typed = urllib.parse.urlencode(fields).encode()
        reply = person.ask("POST", f"{path}/signature", typed, {"Content-Type": "application/x-www-form-urlencoded"})
        if reply.status != 303:
            raise Trouble(str(reply.status))

    def _signed(self, visit: str) -> bool:
        with self.rig.inside():
            found = db.session.scalar(select(Inspection.state).where(Inspection.id == _uuid(visit)))
        return found is State.MINUTES_SIGNED

    @property
    def signed(self) -> int:
        """How many of the minutes were signed, each wholly and once."""
        with self.rig.inside():
            return sum(_sealed_once(visit) for visit in self.sealed)


def _sealed_once(visit: str) -> bool:
    entries = select(func.count()).where(AuditEntry.thing_id == _uuid(visit))
    seals = db.session.scalar(entries.where(AuditEntry.action == "inspection minutes signed"))
    sides = db.session.scalar(select(func.count()).where(Signature.inspection_id == _uuid(visit)))
    rows = db.session.scalars(select(Outbox.arguments).where(Outbox.job.endswith("tell_of_review")))
    told = sum(arguments == [visit, "signed"] for arguments in rows)
    state = db.session.scalar(select(Inspection.state).where(Inspection.id == _uuid(visit)))
    return (seals, sides, told, state) == (1, 2, 1, State.MINUTES_SIGNED)


def _uuid(text: str) -> UUID:
    return UUID(text)
