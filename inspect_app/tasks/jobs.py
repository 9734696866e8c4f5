"""What runs later for tasks: telling people after the commit, and taking note of what nobody acknowledged."""

from datetime import date
from uuid import UUID

from inspect_app import clock
from inspect_app.calendars.queries import working_calendar
from inspect_app.db import db, transaction
from inspect_app.preferences import preference
from inspect_app.tasks import actions, notices
from inspect_app.tasks.models import Extension, Task
from inspect_app.tasks.queries import assigned_and_silent


def tell_about_assignment(task_id: str) -> None:
    with transaction():
        notices.assigned(db.session.get_one(Task, UUID(task_id)), clock.now())


def tell_about_submission(task_id: str) -> None:
    with transaction():
        notices.submitted(db.session.get_one(Task, UUID(task_id)), clock.now())


def tell_about_return(task_id: str) -> None:
    with transaction():
        notices.returned(db.session.get_one(Task, UUID(task_id)), clock.now())


def tell_about_verification(task_id: str) -> None:
    with transaction():
        notices.verified(db.session.get_one(Task, UUID(task_id)), clock.now())


def tell_about_extension_request(extension_id: str) -> None:
    with transaction():
        notices.extension_requested(db.session.get_one(Extension, UUID(extension_id)), clock.now())


def tell_about_extension(extension_id: str) -> None:
    with transaction():
        notices.extension_decided(db.session.get_one(Extension, UUID(extension_id)), clock.now())


def acknowledge_tasks_that_are_due(on: date) -> None:
    """Each in a transaction of its own, so that one that fails holds up nobody."""
    for task in assigned_and_silent(working_calendar(), on, preference("acknowledge_days")):
        with transaction():
            actions.acknowledge_task_automatically(task, at=clock.now())
