"""Everything that can be done with an inspection.

The verbs live in seven files: the way from state to state (`actions_moves`), dates, team and notice
(`actions_schedule`), numbers of papers (`actions_papers`), the visit itself (`actions_field`), minutes and signatures
(`actions_minutes`), from the explanation to the conclusion (`actions_review`), and what only a tablet sends
(`actions_tablet`).
"""

from inspect_app.inspections.actions_field import (
    Base,
    FieldWorkUnfinished,
    NotOnTeam,
    RecordClosed,
    Recorded,
    continue_inspection,
    finish_field_work,
    record_answer,
    record_note,
    start_inspection,
    suspend_inspection,
)
from inspect_app.inspections.actions_minutes import (
    Minutes,
    RecordChanged,
    note_refusal,
    prepare_minutes,
    rest_on_glass,
    sign_minutes,
)
from inspect_app.inspections.actions_moves import move_inspection, plan_inspection, propose_inspection
from inspect_app.inspections.actions_papers import Numbered, NumberTaken, issue_paper
from inspect_app.inspections.actions_review import (
    Report,
    Verdict,
    appraise,
    conclude_inspection,
    explain,
    open_review,
    reopen_inspection,
    report_inspection,
    save_report,
)
from inspect_app.inspections.actions_schedule import (
    NeedsConfirmation,
    Schedule,
    cancel_inspection,
    change_team,
    notify_unit,
    postpone_inspection,
    resume_inspection,
    schedule_inspection,
)
from inspect_app.inspections.rules_tablet import hash_of

__all__ = [
    "Base",
    "FieldWorkUnfinished",
    "Minutes",
    "NeedsConfirmation",
    "NotOnTeam",
    "NumberTaken",
    "Numbered",
    "RecordChanged",
    "RecordClosed",
    "Recorded",
    "Report",
    "Schedule",
    "Verdict",
    "appraise",
    "cancel_inspection",
    "change_team",
    "conclude_inspection",
    "continue_inspection",
    "explain",
    "finish_field_work",
    "hash_of",
    "issue_paper",
    "move_inspection",
    "note_refusal",
    "notify_unit",
    "open_review",
    "plan_inspection",
    "postpone_inspection",
    "prepare_minutes",
    "propose_inspection",
    "record_answer",
    "record_note",
    "reopen_inspection",
    "report_inspection",
    "rest_on_glass",
    "resume_inspection",
    "save_report",
    "schedule_inspection",
    "sign_minutes",
    "start_inspection",
    "suspend_inspection",
]
