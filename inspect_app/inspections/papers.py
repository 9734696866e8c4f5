"""The kinds of official paper that an inspection brings forth."""

from inspect_app.moves import Named
from inspect_app.refusals import N_


class PaperKind(Named):
    """What a numbered paper is. Numbers are unique per issuing unit, year and kind."""

    DECISION = "decision", N_("Quyết định thành lập đoàn")
    NOTICE = "notice", N_("Công văn thông báo")
    MINUTES = "minutes", N_("Biên bản kiểm tra")
    CONCLUSION = "conclusion", N_("Thông báo kết luận")
