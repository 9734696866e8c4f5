"""Numbers of things and words that stand in several places, in both languages."""

import pytest
from flask import Flask, render_template_string
from flask_babel import force_locale

from inspect_app.display import label, plural
from inspect_app.findings.rules import State as FindingState
from inspect_app.tasks.rules import State as TaskState


@pytest.mark.parametrize(
    ("language", "n", "words"),
    [
        *(("en", 1, "1 unit"), ("en", 0, "0 units"), ("en", 2, "2 units"), ("en", 1200, "1,200 units")),
        *(("vi", 1, "1 đơn vị"), ("vi", 2, "2 đơn vị"), ("vi", 1200, "1.200 đơn vị")),
    ],
)
def test_a_number_of_things(app: Flask, language: str, n: int, words: str) -> None:
    with app.test_request_context(), force_locale(language):
        assert plural("%(n)s đơn vị", n) == words
        assert render_template_string("{{ plural('%(n)s đơn vị', n) }}", n=n) == words


def test_the_same_vietnamese_words_may_differ_in_english(app: Flask) -> None:
    states = (TaskState.VERIFIED, FindingState.CONFIRMED)
    with app.test_request_context():
        with force_locale("vi"):
            assert [label(state) for state in states] == ["Đã xác nhận", "Đã xác nhận"]
        with force_locale("en"):
            assert [label(state) for state in states] == ["Verified", "Confirmed"]
