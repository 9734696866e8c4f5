"""The log's words for this feature."""

from inspect_app.refusals import N_

ACTIONS = {
    "job run again": N_("Chạy lại việc đã hỏng"),
    "unsent mails sent again": N_("Gửi lại thư chưa gửi được"),
}
