import pytest

from inspect_app.moves import Move, MoveNotAllowed, Named, moves_from, next_state


class Door(Named):
    OPEN = "open", "Đang mở"
    SHUT = "shut", "Đã đóng"
    LOCKED = "locked", "Đã khóa"
    ASIDE = "aside", "Đã tháo"


MOVES = {
    "shut": Move(frozenset({Door.OPEN}), Door.SHUT, "Đóng cửa"),
    "lock": Move(frozenset({Door.SHUT}), Door.LOCKED, "Khóa cửa"),
    "take_off": Move(frozenset({Door.OPEN, Door.SHUT}), Door.ASIDE, "Tháo cửa"),
    "put_back": Move(frozenset({Door.ASIDE}), frozenset({Door.OPEN, Door.SHUT}), "Lắp lại"),
}


def test_a_move_leads_from_a_state_that_it_leaves_to_the_one_it_reaches() -> None:
    assert next_state(MOVES, Door.OPEN, "shut") is Door.SHUT


def test_a_refused_move_says_which_move_and_the_present_state() -> None:
    with pytest.raises(MoveNotAllowed) as refused:
        next_state(MOVES, Door.OPEN, "lock")
    assert refused.value.status == 409
    assert (refused.value.move, refused.value.state) == ("lock", Door.OPEN)
    assert str(refused.value) == "Không thể thực hiện bước “Khóa cửa” khi đang ở trạng thái “Đang mở”."


def test_a_thing_put_aside_goes_back_to_where_it_was_and_nowhere_else() -> None:
    assert next_state(MOVES, Door.ASIDE, "put_back", was=Door.SHUT) is Door.SHUT
    assert next_state(MOVES, Door.ASIDE, "put_back", was=Door.OPEN) is Door.OPEN
    for was in (None, Door.LOCKED, Door.ASIDE):
        with pytest.raises(MoveNotAllowed):
            next_state(MOVES, Door.ASIDE, "put_back", was=was)


def test_the_moves_on_offer_are_those_of_the_table_in_its_order() -> None:
    assert moves_from(MOVES, Door.OPEN) == ("shut", "take_off")
    assert moves_from(MOVES, Door.LOCKED) == ()


def test_a_name_that_is_in_no_table_is_a_mistake_of_the_caller() -> None:
    with pytest.raises(KeyError):
        next_state(MOVES, Door.OPEN, "paint")


def test_a_state_is_stored_as_its_word_and_read_back_from_it() -> None:
    assert Door("shut") is Door.SHUT
    assert Door.SHUT == "shut"
    assert str(Door.SHUT) == "shut"
    assert Door.SHUT.label == "Đã đóng"
