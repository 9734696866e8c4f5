"""State machines as tables: a thing changes its state only by a named move.

Each feature keeps its table in its `rules.py`: `"submit": Move(leaves={IN_PROGRESS}, reaches=SUBMITTED)`.
Who may make a move is written in `permissions.py`; what else must be true is a guard in the feature's actions.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Self, TypeVar, cast

from inspect_app.refusals import N_, Refused


class Named(StrEnum):
    """A word that is stored, with the message id that names it on the screen (`label`)."""

    label: str

    def __new__(cls, value: str, label: str) -> Self:
        member = str.__new__(cls, value)
        member._value_ = value
        member.label = label
        return member


@dataclass(frozen=True, slots=True)
class Move:
    """A named step.

    `leaves` are the states from which it may be made. `reaches` is the state after it, or a set of states when the
    thing goes back to where it was before it was put aside. `label` is the message id of the step's name.
    """

    leaves: frozenset[StrEnum]
    reaches: StrEnum | frozenset[StrEnum]
    label: str = ""


Moves = Mapping[str, Move]
S = TypeVar("S", bound=StrEnum)


class MoveNotAllowed(Refused):
    """The thing stands in a state from which this move does not lead. Answers 409.

    `move` is the name in the table and `state` the present state. The facts `move` and `state` are message ids
    themselves: whoever shows the sentence in another language translates them first (`facts_to_translate`).
    """

    facts_to_translate = ("move", "state")

    def __init__(self, move: str, state: StrEnum, move_label: str = "") -> None:
        super().__init__(
            N_("Không thể thực hiện bước “%(move)s” khi đang ở trạng thái “%(state)s”."),
            move=move_label or move,
            state=getattr(state, "label", state.value),
        )
        self.move = move
        self.state = state


def next_state(moves: Moves, state: S, move: str, *, was: S | None = None) -> S:
    """The state that `move` leads to from `state`.

    `was` is the state before the thing was put aside; only a move that goes back needs it. Raises MoveNotAllowed when
    the move does not leave `state` or cannot go back to `was`, KeyError when the table has no such move.
    """
    step = moves[move]
    if state not in step.leaves:
        raise MoveNotAllowed(move, state, step.label)
    if isinstance(step.reaches, StrEnum):
        return cast(S, step.reaches)
    if was is None or was not in step.reaches:
        raise MoveNotAllowed(move, state, step.label)
    return was


def moves_from(moves: Moves, state: StrEnum) -> tuple[str, ...]:
    """The names of the moves that may be made from `state`, in the order of the table."""
    return tuple(name for name, step in moves.items() if state in step.leaves)
