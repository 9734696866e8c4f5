"""The log's words for this feature."""

from inspect_app.refusals import N_

ACTIONS = {
    "day decided": N_("Quyết định ngày nghỉ, ngày làm việc"),
    "day taken back": N_("Bỏ quyết định ngày nghỉ, ngày làm việc"),
}
