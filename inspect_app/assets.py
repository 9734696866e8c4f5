"""Style sheets, scripts, icons and fonts, served under a path that names their content.

The path is `/static/<hash>/<file>`, where the hash covers every file together: modules may then import each other by
relative names, a browser may keep what it has for a year, and no import map is needed, which the content policy
would not let in. `css/app.css` is made from the single sheets when it is first asked for.
"""

import gzip
import hashlib
import mimetypes
import time
from dataclasses import dataclass, field
from pathlib import Path

from flask import Flask, Response, abort, current_app, request
from flask.sessions import SecureCookieSessionInterface, SessionMixin
from werkzeug.wrappers import Response as AnyResponse

from inspect_app.access import public
from inspect_app.addresses import here
from inspect_app.webfonts import WEB_FONTS, make_web_font

FOLDER = Path(__file__).parent / "static"
SHEETS_FIRST = ("css/tokens.css", "css/fonts.css", "css/base.css", "css/layout.css")
SHEETS_LAST = ("css/tones.css", "css/print.css")
APP_SHEET = "css/app.css"
TYPES = {
    ".js": "text/javascript",
    ".svg": "image/svg+xml",
    ".woff": "font/woff",
    ".webmanifest": "application/manifest+json",
}
COMPRESSED = {".css", ".js", ".svg", ".webmanifest"}
KEEP = "public, max-age=31536000, immutable"
ASK_AGAIN = "no-cache"
SECONDS_BETWEEN_LOOKS = 1.0


@dataclass(frozen=True)
class Asset:
    """One file as it goes out: its bytes, the same bytes compressed (or None), its type and its ETag."""

    body: bytes
    zipped: bytes | None
    kind: str
    etag: str


@dataclass
class Assets:
    """The static tree. `watch` looks at the files again, at most once a second, as one wants while developing."""

    folder: Path
    watch: bool = False
    version: str = ""
    _print: tuple = ()
    _looked: float = 0.0
    _ready: dict[str, Asset] = field(default_factory=dict)

    def refresh(self) -> None:
        """Computes the hash once, and again when a file has changed if the tree is watched."""
        if self.version and not (self.watch and time.monotonic() - self._looked > SECONDS_BETWEEN_LOOKS):
            return
        self._looked = time.monotonic()
        seen = tuple((name, *_stamp(self.folder / name)) for name in self.files())
        if seen != self._print:
            self._print, self._ready = seen, {}
            self.version = self._digest()

    def files(self) -> list[str]:
        """Every file on disk, by its path below the static folder, in a fixed order."""
        found = (path for path in self.folder.rglob("*") if path.is_file() and not path.name.startswith("."))
        return sorted(path.relative_to(self.folder).as_posix() for path in found)

    def names(self) -> list[str]:
        """Every path that can be asked for: the files, the joined sheet and the fonts that are installed."""
        return [*self.files(), APP_SHEET, *(name for name, font in WEB_FONTS.items() if font.installed)]

    def find(self, name: str) -> Asset | None:
        """The asset of that name, or None. Only known names are ever opened, so a path cannot climb out."""
        self.refresh()
        if name not in self._ready:
            body = self._read(name)
            if body is None:
                return None
            self._ready[name] = _pack(name, body)
        return self._ready[name]

    def _read(self, name: str) -> bytes | None:
        if name == APP_SHEET:
            return b"".join((self.folder / sheet).read_bytes() + b"\n" for sheet in self._sheets())
        if name in WEB_FONTS:
            return make_web_font(name)
        return (self.folder / name).read_bytes() if name in self.files() else None

    def _sheets(self) -> list[str]:
        sheets = [name for name in self.files() if name.startswith("css/components/") and name.endswith(".css")]
        return [*SHEETS_FIRST, *sheets, *SHEETS_LAST]

    def _digest(self) -> str:
        digest = hashlib.sha256()
        for name in self.files():
            digest.update(name.encode() + b"\0" + (self.folder / name).read_bytes() + b"\0")
        for name, font in WEB_FONTS.items():
            digest.update(f"{name} {font.installed}".encode())
        return digest.hexdigest()[:12]


class SessionsOfPages(SecureCookieSessionInterface):
    """Leaves static files out of the session: one that says `Vary: Cookie` is fetched anew at every change of it."""

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        if request.endpoint != "asset":
            super().save_session(app, session, response)


def register(app: Flask, *, watch: bool | None = None) -> Assets:
    """Adds the route `asset` and the template globals `asset_url(path)` and `here(**changes)` to the application.

    `watch` makes changed files show at once; by default in debugging and in a demonstration.
    """
    demo = getattr(app.config.get("SETTINGS"), "demo", False)
    assets = Assets(FOLDER, watch=app.debug or demo if watch is None else watch)
    app.extensions["assets"] = assets
    app.session_interface = SessionsOfPages()
    app.add_url_rule("/static/<string:version>/<path:path>", "asset", send_asset)
    app.jinja_env.globals.update(asset_url=asset_url, here=here)
    return assets


def asset_url(path: str) -> str:
    """The address of a static file, such as `asset_url("js/main.js")`; it changes whenever any static file changes."""
    assets = _assets()
    assets.refresh()
    return f"{request.script_root if request else ''}/static/{assets.version}/{path}"


def asset_urls(*starts: str) -> list[str]:
    """The addresses of all static files whose path begins with one of `starts`: what a tablet keeps for offline use."""
    return [asset_url(name) for name in _assets().names() if name.startswith(starts)]


@public
def send_asset(version: str, path: str) -> AnyResponse:
    """Answers with the file. An address made before the last release still answers, but is not kept."""
    assets = _assets()
    asset = assets.find(path)
    if asset is None:
        abort(404)
    zipped = asset.zipped is not None and "gzip" in request.accept_encodings
    response = current_app.response_class(asset.zipped if zipped else asset.body, content_type=asset.kind)
    if zipped:
        response.content_encoding = "gzip"
    if asset.zipped is not None:
        response.vary.add("Accept-Encoding")
    response.set_etag(f"{asset.etag}-gz" if zipped else asset.etag)
    response.headers["Cache-Control"] = KEEP if version == assets.version else ASK_AGAIN
    return response.make_conditional(request)


def _assets() -> Assets:
    return current_app.extensions["assets"]


def _stamp(path: Path) -> tuple[int, int]:
    stat = path.stat()
    return stat.st_mtime_ns, stat.st_size


def _pack(name: str, body: bytes) -> Asset:
    suffix = Path(name).suffix
    kind = TYPES.get(suffix) or mimetypes.guess_type(name)[0] or "application/octet-stream"
    if kind.startswith("text/") or suffix in {".svg", ".webmanifest"}:
        kind += "; charset=utf-8"
    zipped = gzip.compress(body, 6, mtime=0) if suffix in COMPRESSED else None
    return Asset(body, zipped, kind, hashlib.sha256(body).hexdigest()[:20])
