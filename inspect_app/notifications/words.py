"""The log's words for this feature."""

from inspect_app.refusals import N_, NP_

ACTIONS = {
    "job run again": NP_("log", "Chạy lại việc đã hỏng"),
    "unsent mails sent again": NP_("log", "Gửi lại thư chưa gửi được"),
}

JOBS = {
    "inspect_app.notifications.jobs.send_mail": N_("Gửi thư"),
    "inspect_app.committee.jobs.tell_about_reminder": N_("Báo tin đơn vị bị nhắc việc"),
}
"""What runs later, as the page of the system calls it."""
