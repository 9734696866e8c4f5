"""What administrators do with accounts and roles."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from inspect_app.accounts.actions import check_language, end_sessions
from inspect_app.accounts.jobs import send_way_back
from inspect_app.accounts.models import Employment, Person, RoleGrant
from inspect_app.accounts.queries import administrators_beside, others_with_role, person_by_email
from inspect_app.accounts.rules import tidy_address
from inspect_app.audit.actions import Doer, record
from inspect_app.db import db, new_id
from inspect_app.permissions import GRANTABLE, Actor, Role
from inspect_app.queue import later
from inspect_app.refusals import N_, Refused
from inspect_app.units.models import Unit
from inspect_app.units.rules import fold, in_force


@dataclass(frozen=True, slots=True)
class PersonFacts:
    """What an administrator may say about a person."""

    email: str
    name: str
    unit_id: UUID | None
    language: str = "vi"


def create_person(facts: PersonFacts, *, by: Doer, at: datetime, on: date) -> Person:
    """A new account, without a password until its owner sets one. Raises Refused (409) when the address is taken."""
    email = tidy_address(facts.email)
    _refuse_taken(email, None)
    check_language(facts.language)
    person = Person(
        id=new_id(),
        email=email,
        name=facts.name,
        search=fold(facts.name),
        language=facts.language,
        unit_id=facts.unit_id,
        created_at=at,
    )
    db.session.add(person)
    try:
        db.session.flush()
    except IntegrityError:  # Somebody made the same account in this very moment.
        raise _taken(email) from None
    if facts.unit_id is not None:
        db.session.add(Employment(person_id=person.id, unit_id=facts.unit_id, starts_on=on))
    record("person created", person, by=by, at=at, email=email, name=person.name)
    return person


def change_person(person: Person, facts: PersonFacts, *, seen: PersonFacts, by: Actor, at: datetime, on: date) -> None:
    """Changes what is said about a person; leaving a unit ends the employment there today.

    `seen` is what the page showed. Raises Refused (409) when somebody changed it meanwhile or the address is taken.
    """
    db.session.refresh(person, with_for_update=True)
    if facts_of(person) != seen:
        raise Refused(N_("Người khác vừa sửa tài khoản này. Hãy mở lại trang để xem nội dung mới rồi sửa tiếp."))
    _refuse_taken(tidy_address(facts.email), person.id)
    check_language(facts.language)
    was, now = facts_of(person), PersonFacts(tidy_address(facts.email), facts.name, facts.unit_id, facts.language)
    if was == now:
        return
    if was.unit_id != now.unit_id:
        _change_employment(person, now.unit_id, on)
    person.email, person.name, person.search = now.email, now.name, fold(now.name)
    person.unit_id, person.language = now.unit_id, now.language
    record("person changed", person, by=by, at=at, changed=_differences(was, now))


def facts_of(person: Person) -> PersonFacts:
    return PersonFacts(person.email, person.name, person.unit_id, person.language)


def switch_off(person: Person, *, by: Actor, at: datetime, on: date) -> None:
    """Shuts an account at once, with every session of it. Raises Refused (409) for one's own and the last ADMIN's."""
    if person.id == by.id:
        raise Refused(N_("Không thể tự khóa tài khoản của chính mình."))
    if Role.ADMIN in _held(person.id, on) and not administrators_beside(person.id, on):
        raise Refused(N_("Đây là người quản trị cuối cùng. Hãy giao vai trò Quản trị cho người khác trước."))
    if not person.active:
        return
    person.active = False
    ended = end_sessions(person.id, at=at)
    record("person switched off", person, by=by, at=at, sessions_ended=ended)


def switch_on(person: Person, *, by: Actor, at: datetime) -> None:
    """Opens an account again; its roles are those that were not ended."""
    if not person.active:
        person.active = True
        record("person switched on", person, by=by, at=at)


def invite(person: Person, *, by: Doer, at: datetime) -> None:
    """Sends a link with which the person sets a password. Raises Refused (409) for an account that is switched off."""
    if not person.active:
        raise Refused(N_("Tài khoản đang khóa, hãy mở lại trước khi gửi thư."))
    later(send_way_back, person.email, 1, queue="mail")
    record("invitation sent", person, by=by, at=at)


def end_every_session(person: Person, *, by: Actor, at: datetime) -> int:
    """Signs a person out everywhere. Gives how many sessions were open."""
    ended = end_sessions(person.id, at=at)
    if ended:
        record("session ended", person, by=by, at=at, sessions_ended=ended)
    return ended


def grant_role(
    person: Person, role: Role, unit: Unit, *, starts_on: date, ends_on: date | None, by: Actor, at: datetime
) -> RoleGrant:
    """Gives a person a role for a unit and everything below it.

    Raises Refused: (409) for oneself, for what is held already, for an account that is switched off or a unit that does
    not exist on the first day; (422) for days the wrong way round.
    """
    if person.id == by.id:
        raise Refused(N_("Không thể tự giao vai trò cho chính mình."))
    _refuse_ungrantable(person, role, unit, starts_on, ends_on)
    return _put_grant(person, role, unit, starts_on=starts_on, ends_on=ends_on, by=by, at=at)


def end_grant(grant: RoleGrant, *, by: Actor, at: datetime, on: date) -> None:
    """Takes a role back at once: yesterday was its last day. Raises Refused (409) for the last ADMIN."""
    if grant.role == Role.ADMIN and not others_with_role(Role.ADMIN, grant.id, on):
        raise Refused(N_("Đây là người quản trị cuối cùng. Hãy giao vai trò Quản trị cho người khác trước."))
    yesterday = on - timedelta(days=1)
    if grant.ends_on is not None and grant.ends_on <= yesterday:
        return
    grant.ends_on = yesterday
    person = db.session.get_one(Person, grant.person_id)
    record("role ended", person, by=by, at=at, role=grant.role, unit=grant.unit_id)


def make_administrator(email: str, name: str, units: list[Unit], *, by: Doer, at: datetime, on: date) -> Person:
    """The account with this address, made if there is none, with ADMIN on each of these units."""
    person = person_by_email(tidy_address(email))
    if person is None:
        person = create_person(PersonFacts(email, name, units[0].id if units else None), by=by, at=at, on=on)
    for unit in units:
        if not _overlapping(person.id, Role.ADMIN, unit.id, on, None):
            _put_grant(person, Role.ADMIN, unit, starts_on=on, ends_on=None, by=by, at=at)
    return person


def _put_grant(
    person: Person, role: Role, unit: Unit, *, starts_on: date, ends_on: date | None, by: Doer, at: datetime
) -> RoleGrant:
    grant = RoleGrant(
        id=new_id(), person_id=person.id, role=role, unit_id=unit.id, starts_on=starts_on, ends_on=ends_on
    )
    db.session.add(grant)
    db.session.flush()
    record("role granted", person, by=by, at=at, role=role, unit=unit.id, starts_on=starts_on, ends_on=ends_on)
    return grant


def _refuse_ungrantable(person: Person, role: Role, unit: Unit, starts_on: date, ends_on: date | None) -> None:
    if role not in GRANTABLE:
        raise Refused(N_("Người đứng đầu được xác định theo vị trí đang giữ, không giao riêng."), status=422)
    if not person.active:
        raise Refused(N_("Tài khoản đang khóa, hãy mở lại trước khi giao vai trò."))
    if ends_on is not None and ends_on < starts_on:
        raise Refused(N_("Ngày kết thúc phải trùng hoặc sau ngày bắt đầu."), status=422)
    if not in_force(unit, starts_on):
        raise Refused(
            N_("Ngày %(day)s đơn vị này chưa có hoặc đã kết thúc."), day=starts_on.strftime("%d/%m/%Y"), status=409
        )
    if _overlapping(person.id, role, unit.id, starts_on, ends_on):
        raise Refused(N_("Người này đã có vai trò đó tại đơn vị trong thời gian này."))


def _overlapping(person_id: UUID, role: Role, unit_id: UUID, starts_on: date, ends_on: date | None) -> bool:
    same = select(RoleGrant.id).where(
        RoleGrant.person_id == person_id, RoleGrant.role == role, RoleGrant.unit_id == unit_id
    )
    same = same.where(RoleGrant.ends_on.is_(None) | (RoleGrant.ends_on >= starts_on))
    if ends_on is not None:
        same = same.where(RoleGrant.starts_on <= ends_on)
    return db.session.scalar(same.limit(1)) is not None


def _held(person_id: UUID, on: date) -> set[Role]:
    held = select(RoleGrant.role).where(RoleGrant.person_id == person_id, RoleGrant.starts_on <= on)
    return set(db.session.scalars(held.where(RoleGrant.ends_on.is_(None) | (RoleGrant.ends_on >= on))))


def _refuse_taken(email: str, own_id: UUID | None) -> None:
    holder = person_by_email(email)
    if holder is not None and holder.id != own_id:
        raise _taken(email)


def _taken(email: str) -> Refused:
    return Refused(N_("Địa chỉ thư %(email)s đã có tài khoản."), email=email)


def _change_employment(person: Person, unit_id: UUID | None, on: date) -> None:
    running = update(Employment).where(Employment.person_id == person.id, Employment.ends_on.is_(None))
    db.session.execute(running.values(ends_on=on))
    if unit_id is not None:
        db.session.add(Employment(person_id=person.id, unit_id=unit_id, starts_on=on))


def _differences(was: PersonFacts, now: PersonFacts) -> dict[str, list[str | None]]:
    names = ("email", "name", "unit_id", "language")
    pairs = {name: (getattr(was, name), getattr(now, name)) for name in names}
    return {name: [_text(old), _text(new)] for name, (old, new) in pairs.items() if old != new}


def _text(value: object) -> str | None:
    return None if value is None else str(value)
