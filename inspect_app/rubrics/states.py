"""The life of a rubric version."""

from inspect_app.moves import Move, Named
from inspect_app.refusals import N_


class RubricState(Named):
    """A draft may be thrown over by another; a published version never changes; a retired one is no longer chosen."""

    DRAFT = "draft", N_("Bản nháp")
    PUBLISHED = "published", N_("Đã công bố")
    RETIRED = "retired", N_("Thôi dùng")


MOVES = {
    "publish": Move(frozenset({RubricState.DRAFT}), RubricState.PUBLISHED, N_("Công bố")),
    "retire": Move(frozenset({RubricState.PUBLISHED}), RubricState.RETIRED, N_("Thôi dùng")),
}
