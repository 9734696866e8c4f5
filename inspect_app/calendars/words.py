"""The log's words for this feature."""

from inspect_app.refusals import NP_

ACTIONS = {
    "day decided": NP_("log", "Quyết định ngày nghỉ, ngày làm việc"),
    "day taken back": NP_("log", "Bỏ quyết định ngày nghỉ, ngày làm việc"),
}
