import pytest

from inspect_app.findings.rules import (
    COUNTS_AS_FOUND,
    DONE_WITH,
    MOVES,
    OPEN,
    UNDECIDED,
    FindingState,
    Severity,
    suggested_severity,
)
from inspect_app.moves import MoveNotAllowed, moves_from, next_state

# Every state and where each of its moves leads; what is not written here must be refused.
EXPECTED = {
    "draft": {"raise": "raised", "withdraw": "withdrawn", "transfer": "transferred"},
    "raised": {
        "reply": "replied",
        "undisputed": "undisputed",
        "withdraw": "withdrawn",
        "note": "noted",
        "transfer": "transferred",
    },
    "replied": {"confirm": "confirmed", "withdraw": "withdrawn", "note": "noted", "transfer": "transferred"},
    "undisputed": {"confirm": "confirmed", "withdraw": "withdrawn", "note": "noted", "transfer": "transferred"},
    "confirmed": {"remediate": "remediating", "withdraw": "withdrawn", "note": "noted", "transfer": "transferred"},
    "remediating": {"resolve": "resolved", "transfer": "transferred"},
    "resolved": {"close": "closed", "remediate_again": "remediating", "transfer": "transferred"},
    "closed": {"remediate_again": "remediating"},
    "withdrawn": {},
    "noted": {},
    "transferred": {},
}


@pytest.mark.parametrize("move", MOVES)
@pytest.mark.parametrize("state", FindingState)
def test_a_finding_goes_only_where_its_table_leads(state: FindingState, move: str) -> None:
    expected = EXPECTED[state].get(move)
    if expected is None:
        with pytest.raises(MoveNotAllowed):
            next_state(MOVES, state, move)
    else:
        assert next_state(MOVES, state, move) == expected


def test_every_state_of_a_finding_is_in_the_expected_table() -> None:
    assert set(EXPECTED) == set(FindingState)
    assert {move for row in EXPECTED.values() for move in row} == set(MOVES)
    assert all(set(moves_from(MOVES, state)) == set(EXPECTED[state]) for state in FindingState)


def test_a_finding_is_open_or_done_with() -> None:
    assert set(FindingState) == OPEN | DONE_WITH
    assert not OPEN & DONE_WITH


def test_a_finding_stays_undecided_until_it_is_confirmed_withdrawn_or_noted() -> None:
    assert {"draft", "raised", "replied", "undisputed"} == UNDECIDED
    assert not UNDECIDED & COUNTS_AS_FOUND


def test_a_recurrence_suggests_one_degree_more_and_the_gravest_stays() -> None:
    assert suggested_severity(Severity.LIGHT, recurring=True) is Severity.MEDIUM
    assert suggested_severity(Severity.MEDIUM, recurring=True) is Severity.SERIOUS
    assert suggested_severity(Severity.SERIOUS, recurring=True) is Severity.SERIOUS
    assert suggested_severity(Severity.LIGHT, recurring=False) is Severity.LIGHT
