"""The client itself: its shell, what it needs without a network, and the key to a person's own store."""

import base64
from typing import Any

from flask import Response, current_app, jsonify, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.exceptions import BadRequest

from inspect_app.access import public, requires
from inspect_app.assets import asset_url, asset_urls
from inspect_app.permissions import Permission
from inspect_app.refusals import N_, Refused
from inspect_app.sync.queries_doors import rescue_key
from inspect_app.sync.rescue_keys import WrongKey, mark_of, open_key
from inspect_app.sync.views import blueprint

LONGEST_KEY = 2000


@blueprint.app_context_processor
def place_of_manifest() -> dict[str, str]:
    """Where the layout of the tablet finds the manifest."""
    return {"manifest_url": url_for("sync.manifest")}


@blueprint.get("/tablet/shell")
@public
def shell() -> str:
    """The page that a tablet starts with when there is no network. It holds nothing of anybody."""
    return render_template("tablet/shell.html")


@blueprint.get("/tablet/ready")
@requires(Permission.INSPECTION_ANSWER)
def ready() -> str:
    """What must be true before a team goes where there is no network; the client draws it."""
    return render_template("tablet/shell.html")


@blueprint.get("/tablet-worker.js")
@public
def worker() -> Response:
    """The service worker, with the list of everything that the client needs. At the root, so that it covers /tablet."""
    files = asset_urls("js/tablet/", "js/main.js", "js/behaviours/", "css/app.css", "icons.svg", "images/", "fonts/")
    script = render_template("tablet/worker.js", files=sorted(files), shell=url_for("sync.shell"))
    response = current_app.response_class(script, content_type="text/javascript; charset=utf-8")
    response.headers["Cache-Control"] = "no-cache"
    return response


@blueprint.get("/tablet.webmanifest")
@public
def manifest() -> Response:
    """What the home screen shows of the client."""
    icons = [
        {"src": asset_url(f"images/tablet-{size}.png"), "sizes": f"{size}x{size}", "type": "image/png"}
        for size in (180, 192, 512)
    ]
    content = {
        "id": "/tablet",
        "name": _("Kiểm tra CCHC – máy tính bảng"),
        "short_name": _("Kiểm tra"),
        "start_url": url_for("sync.my_visits"),
        "scope": url_for("sync.my_visits"),
        "display": "standalone",
        "background_color": "#f4f6f5",
        "theme_color": "#0b5566",
        "icons": icons,
    }
    response = jsonify(content)
    response.content_type = "application/manifest+json"
    return response


@blueprint.post("/sync/keys")
@requires(Permission.ACCOUNT_OWN)
def keys() -> Any:
    """Gives a person back the key to their own store on a tablet, when they have forgotten its PIN.

    The tablet sealed it to this server with the person's id as label: nobody else's opens.
    """
    body = request.get_json()
    wrapped = body.get("wrapped") if isinstance(body, dict) else None
    if not isinstance(wrapped, str) or len(wrapped) > LONGEST_KEY:
        raise BadRequest
    secret = current_app.config["SETTINGS"].lasting_secret
    pair = rescue_key(mark_of(secret)) if secret else None
    try:
        if pair is None:
            raise WrongKey("no key")
        key = open_key(secret, pair.sealed, base64.b64decode(wrapped, validate=True), label=str(current_user.id))
    except ValueError:
        raise Refused(N_("Khóa này không phải của bạn, hoặc máy chủ đã đổi khóa."), status=422) from None
    return jsonify(key=base64.b64encode(key).decode()), 200
