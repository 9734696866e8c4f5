"""How gunicorn serves the product: two processes of four threads, the application loaded once and then forked."""

from pathlib import Path
from typing import Any

from inspect_app.config import Settings
from inspect_app.db import db

_settings = Settings.from_env()
_memory = Path("/dev/shm")  # noqa: S108 - gunicorn makes an unnamed file there

bind = f"{_settings.host}:{_settings.port}"
workers = 2
worker_class = "gthread"
threads = 4
preload_app = True
timeout = 60
graceful_timeout = 15
keepalive = 5
accesslog = None
errorlog = "-"
loglevel = "warning"
proc_name = "inspect-web"
control_socket_disable = True
# Workers tell that they live through a file; on a disk its writes could stall.
worker_tmp_dir = str(_memory) if _memory.is_dir() else None
# Only the product itself believes a proxy, and only as many as INSPECT_PROXIES says.
forwarded_allow_ips = ""


def post_fork(server: Any, worker: Any) -> None:
    """Connections that were opened before the fork stay with the parent."""
    app = server.app.wsgi()
    with app.app_context():
        db.engine.dispose(close=False)
