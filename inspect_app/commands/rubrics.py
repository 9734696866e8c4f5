"""Rubrics on the command line: taking one in, and counting answers."""

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import click
from sqlalchemy.exc import OperationalError, ProgrammingError

from inspect_app import clock
from inspect_app.audit.actions import SYSTEM_ACTOR
from inspect_app.commands import cli, print_json, refusals_exit_1, say
from inspect_app.commands.units import a_file, dry_run, import_
from inspect_app.db import transaction
from inspect_app.refusals import N_, Refused
from inspect_app.rubrics.actions import RubricRefused, import_rubric, try_rubric
from inspect_app.rubrics.imports import shipped_rubric, text_of
from inspect_app.rubrics.queries import newest_version, rubric_of
from inspect_app.rubrics.rules import Rubric, as_json, score


@import_.command("rubric")
@a_file
@dry_run
@refusals_exit_1
def import_one(file: Path, dry_run: bool) -> None:
    """A rubric from a YAML file, as a draft."""
    try:
        text = text_of(file.read_bytes())
        print_json({**(try_rubric(text) if dry_run else _take(text)), "dry_run": dry_run})
    except RubricRefused as error:
        for problem in error.problems:
            say(problem)
        raise


@cli.command("score")
@click.argument("rubric_id")
@click.argument("answers", type=click.File(encoding="utf-8"))
@refusals_exit_1
def score_(rubric_id: str, answers: Any) -> None:
    """The points of ANSWERS (JSON, keyed by criterion code) in the rubric RUBRIC_ID."""
    print_json(as_json(score(_rubric(rubric_id), _answers(answers.read()))))


def _take(text: str) -> dict[str, Any]:
    with transaction():
        imported = import_rubric(text, by=SYSTEM_ACTOR, at=clock.now())
        return {
            "number": imported.version.number,
            "new": imported.is_new,
            "content_hash": imported.version.content_hash,
        }


def _rubric(code: str) -> Rubric:
    """The rubric of the database, else the shipped one. Raises Refused."""
    rubric = _stored_rubric(code) or shipped_rubric(code)
    if rubric is None:
        raise Refused(N_("Không có bộ tiêu chí nào mang mã “%(code)s”."), status=404, code=code[:80])
    return rubric


def _stored_rubric(code: str) -> Rubric | None:
    try:
        version = newest_version(code)
    except (OperationalError, ProgrammingError):
        return None  # An installation whose database is not made yet still counts with what it ships.
    return rubric_of(version.id) if version else None


def _answers(text: str) -> dict[str, Any]:
    try:
        answers = json.loads(text, parse_float=Decimal, parse_constant=str, object_pairs_hook=_each_once)
    except (json.JSONDecodeError, RecursionError) as mistake:
        raise Refused(N_("Tệp câu trả lời không phải là JSON."), status=422) from mistake
    if not isinstance(answers, dict):
        raise Refused(N_("Câu trả lời phải được ghi theo mã tiêu chí."), status=422)
    return answers


def _each_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    fields = dict(pairs)
    if len(fields) < len(pairs):
        raise Refused(N_("Tệp câu trả lời ghi một mã hai lần."), status=422)
    return fields
