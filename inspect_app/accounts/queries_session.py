"""Who is signed in, and everything that they hold: asked before every page, so it is one statement, built once."""

from collections.abc import Callable
from datetime import UTC, datetime
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import (
    CompoundSelect,
    Date,
    Select,
    String,
    Uuid,
    bindparam,
    cast,
    literal_column,
    null,
    select,
    union_all,
)

from inspect_app.accounts.models import Person, RoleGrant, SignIn
from inspect_app.accounts.queries import granted_on
from inspect_app.accounts.rules import session_is_over
from inspect_app.calendars.rules import local_day
from inspect_app.db import db
from inspect_app.notifications.queries import unread_of
from inspect_app.permissions import Actor, Role
from inspect_app.units.queries import above, headed_by, taken_over_by


def signed_in(
    sign_in_id: str, *, last_used: int | None, at: datetime, parts_of: Callable[[Any], Select[*tuple[Any, ...]]]
) -> Actor | None:
    """Who acts in a signed-in session, with all they hold and what they have not read, in one question.

    None when the session has ended, grown old, or the person was switched off. `parts_of(person id)` selects the
    inspections on whose team somebody is, with their part.
    """
    try:
        key = UUID(sign_in_id)
    except ValueError:
        return None
    rows = db.session.execute(_holdings(parts_of), {"sign_in_id": key, "on": local_day(at)}).all()
    who = next((row for row in rows if row.kind == "person"), None)
    if who is None or not who.active or who.ended_at:
        return None
    used = datetime.fromtimestamp(last_used, UTC) if last_used else who.started_at
    if session_is_over(started_at=who.started_at, last_used_at=used, at=at):
        return None
    return Actor(
        id=who.key,
        name=who.word,
        email=who.email,
        language=who.language,
        grants=frozenset((Role(row.word), row.key) for row in rows if row.kind == "grant"),
        head_of=frozenset(row.key for row in rows if row.kind == "head"),
        took_over=frozenset(row.key for row in rows if row.kind == "took_over"),
        teams={row.key: row.word for row in rows if row.kind == "part"},
        above=above,
        unit_id=who.unit_id,
        sign_in_id=key,
        unread_notices=who.unread,
    )


@cache
def _holdings(parts_of: Callable[[Any], Select[*tuple[Any, ...]]]) -> CompoundSelect[Any]:
    """Rows (kind, key, word, …): the person, their grants, the units they head and took over, their parts in teams.

    Built once, for `sign_in_id` and the day `on`: it is asked before every page.
    """
    sign_in_id, on = bindparam("sign_in_id", type_=Uuid), bindparam("on", type_=Date)
    person_id = select(SignIn.person_id).where(SignIn.id == sign_in_id).scalar_subquery()
    person = (
        select(
            literal_column("'person'", String).label("kind"),
            Person.id.label("key"),
            Person.name.label("word"),
            *(Person.email, Person.language, Person.unit_id, Person.active, SignIn.started_at, SignIn.ended_at),
            unread_of(Person.id).scalar_subquery().label("unread"),
        )
        .join(SignIn, SignIn.person_id == Person.id)
        .where(SignIn.id == sign_in_id)
    )
    nothing = [null()] * 7
    grants = select(RoleGrant.unit_id, cast(RoleGrant.role, String)).where(
        RoleGrant.person_id == person_id, granted_on(on)
    )
    heads = headed_by(person_id, on).add_columns(null())
    kept = select(RoleGrant.unit_id).where(
        RoleGrant.person_id == person_id, RoleGrant.role == Role.FOCAL_POINT, granted_on(on)
    )
    took_over = taken_over_by((headed_by(person_id, on), kept), on).add_columns(null())
    held = {"grant": grants, "head": heads, "took_over": took_over, "part": parts_of(person_id)}
    return union_all(
        person,
        *(
            part.with_only_columns(literal_column(f"'{kind}'"), *part.selected_columns, *nothing)
            for kind, part in held.items()
        ),
    )
