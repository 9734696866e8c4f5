"""Who holds which post from which day: posts outlive holders, and a tenure ends the day before the next one begins."""

from datetime import date, datetime

from sqlalchemy import select

from inspect_app.accounts.models import Person
from inspect_app.accounts.rules import Span, check_end, check_hand_over, check_within, ended_by
from inspect_app.audit.actions import record
from inspect_app.db import db, new_id
from inspect_app.permissions import Actor
from inspect_app.refusals import N_, Refused
from inspect_app.units.models import Post, Tenure, Unit
from inspect_app.units.rules import TenureKind, ended


def create_post(unit: Unit, title: str, *, is_head: bool, by: Actor, at: datetime, on: date) -> Post:
    """A new post in a unit. Raises Refused (409) when the unit has ended or has such a post, or a head's, already."""
    if ended(unit, on):
        raise Refused(N_("Đơn vị đã kết thúc, không thể thêm vị trí."))
    there = list(db.session.scalars(select(Post).where(Post.unit_id == unit.id)))
    if is_head and any(post.is_head for post in there):
        raise Refused(N_("Đơn vị đã có vị trí người đứng đầu."))
    if any(post.title.casefold() == title.casefold() for post in there):
        raise Refused(N_("Đơn vị đã có vị trí “%(title)s”."), title=title)
    post = Post(id=new_id(), unit_id=unit.id, title=title, is_head=is_head)
    db.session.add(post)
    db.session.flush()
    record("post created", post, by=by, at=at, title=title, is_head=is_head)
    return post


def rename_post(post: Post, title: str, *, by: Actor, at: datetime) -> None:
    """Gives a post the title that stands on papers."""
    if post.title != title:
        record("post renamed", post, by=by, at=at, was=post.title, now=title)
        post.title = title


def appoint(
    post: Post,
    person: Person,
    *,
    kind: TenureKind,
    starts_on: date,
    ends_on: date | None,
    document: str,
    by: Actor,
    at: datetime,
) -> Tenure:
    """Gives a post to a person from a day on. Whoever held it until then, in full or acting, ends the day before.

    A deputy stands beside the holder and ends nobody. Raises Refused: (409) when somebody holds the post from that day
    or later, when the person is switched off or the unit has ended; (422) for days the wrong way round.
    """
    db.session.refresh(post, ["unit_id"], with_for_update=True)
    unit = db.session.get_one(Unit, post.unit_id)
    check_within(starts_on, unit.valid_from, unit.valid_to)
    if not person.active:
        raise Refused(N_("Tài khoản đang khóa, hãy mở lại trước khi giao vị trí."))
    beside = [tenure for tenure in _tenures(post) if _in_the_way(tenure, kind, person)]
    check_hand_over([Span(tenure.starts_on, tenure.ends_on) for tenure in beside], starts_on, ends_on)
    for tenure in beside:
        _close_for_successor(tenure, post, starts_on, by=by, at=at)
    tenure = Tenure(
        id=new_id(),
        post_id=post.id,
        person_id=person.id,
        kind=kind,
        starts_on=starts_on,
        ends_on=ends_on,
        recorded_at=at,
    )
    db.session.add(tenure)
    db.session.flush()
    said = {"person": person.name, "kind": kind, "starts_on": starts_on, "ends_on": ends_on}
    record("person appointed", post, by=by, at=at, document=document, appointment=said)
    return tenure


def end_tenure(tenure: Tenure, ends_on: date, *, document: str, by: Actor, at: datetime) -> None:
    """Sets the last day on which a person holds a post. Raises Refused (422) for a day before the first.

    Raises Refused (409) when the tenure had ended earlier already.
    """
    db.session.refresh(tenure, ["starts_on", "ends_on"], with_for_update=True)
    check_end(Span(tenure.starts_on, tenure.ends_on), ends_on)
    if tenure.ends_on is not None and tenure.ends_on <= ends_on:
        raise Refused(N_("Nhiệm kỳ này đã kết thúc ngày %(day)s."), day=tenure.ends_on.strftime("%d/%m/%Y"))
    tenure.ends_on = ends_on
    post, person = db.session.get_one(Post, tenure.post_id), db.session.get_one(Person, tenure.person_id)
    record("tenure ended", post, by=by, at=at, document=document, person=person.name, ends_on=ends_on)


def _tenures(post: Post) -> list[Tenure]:
    return list(
        db.session.scalars(select(Tenure).where(Tenure.post_id == post.id).order_by(Tenure.starts_on, Tenure.id))
    )


def _in_the_way(tenure: Tenure, kind: TenureKind, person: Person) -> bool:
    """A post has one holder, in full or acting, and any number of deputies; nobody is deputy twice."""
    if kind is TenureKind.DEPUTY:
        return tenure.kind is TenureKind.DEPUTY and tenure.person_id == person.id
    return tenure.kind is not TenureKind.DEPUTY


def _close_for_successor(tenure: Tenure, post: Post, starts_on: date, *, by: Actor, at: datetime) -> None:
    last_day = ended_by(Span(tenure.starts_on, tenure.ends_on), starts_on)
    if last_day is None or last_day == tenure.ends_on:
        return
    tenure.ends_on = last_day
    person = db.session.get_one(Person, tenure.person_id)
    record("tenure ended", post, by=by, at=at, person=person.name, ends_on=last_day)
