"""The doors of the tablet: its visits, the pack of each, the digest to compare with, changes in."""

import hashlib
from typing import Any
from uuid import UUID

from flask import Response, current_app, g, jsonify, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from flask_wtf.csrf import generate_csrf
from werkzeug.exceptions import BadRequest, RequestEntityTooLarge

from inspect_app import clock
from inspect_app.access import requires
from inspect_app.crashpoints import crashpoint
from inspect_app.db import db, transaction
from inspect_app.display import day, label
from inspect_app.findings.queries import earlier_on
from inspect_app.inspections.models import Inspection
from inspect_app.inspections.queries import find_visible
from inspect_app.inspections.queries_list import Wanted, list_inspections
from inspect_app.inspections.rules import RECORD_OPEN
from inspect_app.inspections.views_files import as_json, files_by_criterion
from inspect_app.permissions import Permission, may
from inspect_app.rubrics.models import RubricVersion
from inspect_app.sync.actions import take_in, this_deployment
from inspect_app.sync.actions_doors import keep_report, this_rescue_key
from inspect_app.sync.queries import Deployment, answers_on_record, deployment
from inspect_app.sync.queries_doors import digest_of, rescue_key
from inspect_app.sync.queries_ops import work_on_record
from inspect_app.sync.rescue_keys import mark_of
from inspect_app.sync.rules import MOST_BYTES, MOST_CHANGES, written
from inspect_app.sync.rules_doors import PROTOCOL, protocol_of, read_report
from inspect_app.sync.views import AT_WORK, answerable, blueprint, found_by_criterion, visit_line
from inspect_app.sync.views_parts import in_words
from inspect_app.sync.views_work import head_of_visited
from inspect_app.sync.words import COMMON_REASONS, PARKED, RULES, TABLET

MOST_EARLIER = 200


@blueprint.get("/sync/visits")
@requires(Permission.ACCOUNT_OWN)
def visits() -> Response:
    """The visits that the person may answer now, and what a tablet needs before it opens any."""
    mine = list_inspections(current_user, Wanted(mine=current_user.id), order="starts", most=200)
    open_now = [each.id for each in mine if each.state in AT_WORK and each.rubric_version_id]
    key = _rescue_key()
    return jsonify(
        visits=[_listed(find_visible(current_user, inspection_id)) for inspection_id in open_now],
        rescue_key=key,
        **_about(),
        **_language(),
        urls={
            "home": url_for("sync.my_visits"),
            "visits": url_for("sync.visits"),
            "changes": url_for("sync.changes"),
            "uploads": url_for("sync.new_upload"),
            "packs": "/sync/inspections",
            "keys": url_for("sync.keys"),
            "sign_in": url_for("accounts.sign_in", next=url_for("sync.my_visits")),
        },
    )


@blueprint.get("/sync/inspections/<uuid:inspection_id>")
@requires(Permission.INSPECTION_ANSWER)
def pack(inspection_id: UUID) -> Response:
    """Everything that a tablet needs for one visit."""
    inspection = answerable(inspection_id)
    content = _content(inspection)
    return jsonify(
        rubric=inspection.rubric_version.content,
        changed=_changed(content),
        **content,
        **_about(),
        **_language(),
        urls=_urls(inspection.id),
    )


@blueprint.get("/sync/inspections/<uuid:inspection_id>/digest")
@requires(Permission.INSPECTION_ANSWER)
def digest(inspection_id: UUID) -> Response:
    """What is on record, in hashes: a tablet says "all sent" only when this agrees with what it has."""
    inspection = answerable(inspection_id)
    return jsonify(**digest_of(inspection.id), **_installation())


@blueprint.post("/sync/changes")
@requires(Permission.ACCOUNT_OWN)
def changes() -> Any:
    """Takes changes in, at most 50. Whoever is signed in may send: what they may no longer do is kept aside."""
    sent, report = _sent()
    newer = protocol_of(request.headers.get("X-Sync-Protocol")) > PROTOCOL
    at = clock.now()
    with transaction():
        crashpoint("sync.begun")
        here = this_deployment(at)
        crashpoint("sync.named")
        acks = take_in(sent, by=current_user, at=at, newer=newer)
        crashpoint("sync.taken")
        if report is not None:
            keep_report(report, person_id=current_user.id, at=at)
    crashpoint("sync.committed")
    return jsonify(**_named(here), ack=[in_words(ack) for ack in acks]), 201


def _sent() -> tuple[list[Any], Any]:
    """The changes in the body, and the report beside them. Raises 413 for too much, 400 for what is no list."""
    if (request.content_length or 0) > MOST_BYTES:
        raise RequestEntityTooLarge
    try:
        body = request.get_json()
    except RecursionError:
        raise BadRequest from None
    sent = body.get("changes") if isinstance(body, dict) else None
    if not isinstance(sent, list):
        raise BadRequest
    if len(sent) > MOST_CHANGES:
        raise RequestEntityTooLarge
    return sent, read_report(body.get("report"))


def _content(inspection: Inspection) -> dict[str, Any]:
    """What of the pack is the visit's own; the rubric stands in it by its hash."""
    files = files_by_criterion(inspection.id)
    return {
        "inspection": _facts_of(inspection, inspection.rubric_version),
        "template_version": inspection.rubric_version.content_hash,
        "answers": answers_on_record(inspection.id),
        "files": {code: [as_json(each) for each in found] for code, found in files.items()},
        "findings": found_by_criterion(inspection.id),
        "earlier": _earlier(inspection),
        **work_on_record(inspection.id),
    }


def _earlier(inspection: Inspection) -> dict[str, list[dict[str, str]]]:
    """What was found at the unit before this visit, by criterion, newest first."""
    found: dict[str, list[dict[str, str]]] = {}
    rubric_id = inspection.rubric_version.rubric_id
    for one in earlier_on(inspection.unit_id, None, clock.now(), rubric_id=rubric_id, most=MOST_EARLIER):
        if one.inspection_id != inspection.id:
            on = day(one.inspection.minutes_signed_on or clock.local(one.raised_at).date())
            words = {"severity_words": label(one.severity), "state_words": label(one.state)}
            found.setdefault(one.criterion_code, []).append({"fact": one.fact, "day": on, **words})
    return found


def _changed(content: dict[str, Any]) -> str:
    return hashlib.sha256(written(content).encode()).hexdigest()[:16]


def _listed(inspection: Inspection) -> dict[str, Any]:
    content = _content(inspection)
    address = url_for("sync.pack", inspection_id=inspection.id)
    return {**content["inspection"], "pack_url": address, "changed": _changed(content)}


def _facts_of(inspection: Inspection, version: RubricVersion) -> dict[str, Any]:
    return {
        "id": str(inspection.id),
        "code": inspection.code,
        "unit": inspection.unit.name,
        "state": inspection.state.value,
        "open": inspection.state in RECORD_OPEN,
        "lead": may(current_user, Permission.INSPECTION_LEAD, inspection),
        "head": head_of_visited(inspection),
        "line": visit_line(inspection, version),
        "starts_on": inspection.starts_on and inspection.starts_on.isoformat(),
        "ends_on": inspection.ends_on and inspection.ends_on.isoformat(),
    }


def _about() -> dict[str, Any]:
    """Who asks, who answers, and the token for what is sent."""
    person = {"id": str(current_user.id), "name": current_user.name}
    return {**_installation(), "person": person, "csrf": generate_csrf()}


def _installation() -> dict[str, Any]:
    return _named(deployment())


def _named(here: Deployment | None) -> dict[str, Any]:
    return {
        "deployment": here and here.id,
        "epoch": here and here.epoch,
        "backed_up_until": here and here.backed_up_until,
        "server_time": clock.now().isoformat(),
    }


def _rescue_key() -> dict[str, Any] | None:
    """The public half of the key for files of last resort; made, with the name of the installation, when first asked.

    None where no secret outlives a restart: nobody could open such a file then.
    """
    secret = current_app.config["SETTINGS"].lasting_secret
    if not secret:
        return None
    key = rescue_key(mark_of(secret))
    if key is None or deployment() is None:
        g.writes_allowed = True  # A tablet's first question may come before anything was ever sent.
        db.session.rollback()
        with transaction():
            this_deployment(clock.now())
            key = this_rescue_key(secret, clock.now())
        g.writes_allowed = False
    return key.public


def _language() -> dict[str, Any]:
    """What the tablet says, in the reader's language; the reasons are stored as they are read, so they stay."""
    return {
        "words": {name: _(words) for name, words in TABLET.items()},
        "parked": {reason: _(words) for reason, words in PARKED.items()},
        "rules": {words: _(words) for words in RULES},
        "reasons": COMMON_REASONS,
    }


def _urls(inspection_id: UUID) -> dict[str, str]:
    return {
        "home": url_for("sync.my_visits"),
        "visits": url_for("sync.visits"),
        "changes": url_for("sync.changes"),
        "uploads": url_for("sync.new_upload"),
        "digest": url_for("sync.digest", inspection_id=inspection_id),
        "visit": url_for("sync.visit", inspection_id=inspection_id),
        "record": url_for("inspections.show", inspection_id=inspection_id),
        "sign_in": url_for("accounts.sign_in", next=url_for("sync.visit", inspection_id=inspection_id)),
    }
