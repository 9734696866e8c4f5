"""Makes PDF from the HTML of a paper: wkhtmltopdf through pdfkit, else PlutoPrint. The only user of either.

Rendering takes seconds and hundreds of megabytes: call it in a job, never in a request. The HTML comes from our own
autoescaped templates with photos inlined as data: addresses; even so no engine may open a file, an address or a script.
"""

import importlib.util
import os
import re
import secrets
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

import pdfkit

from inspect_app.documents.confined import Leash, TookTooLong, run_confined
from inspect_app.documents.fonts import PaperFonts, paper_fonts
from inspect_app.documents.stamp import MARGINS, stamp
from inspect_app.refusals import N_, Refused

SETTINGS = ("auto", "wkhtmltopdf", "plutoprint", "none")
NOWHERE = "http://127.0.0.1:9"
"""The discard port as proxy: without it wkhtmltopdf fetches style sheets, pictures and frames over the network."""

ROOT_CLASS = 'class="paper"'
SCALED_CLASS = 'class="paper paper-scaled"'
"""The unpatched wkhtmltopdf draws everything at three quarters; paper.css gives this class type a third larger."""

TAG_OR_STYLE = re.compile(r"(<style\b.*?</style>|<title\b.*?</title>|<[^>]*>)", re.DOTALL | re.IGNORECASE)
LETTER = r"(?:&[#\w]{1,10};|[^\s<>&])"
LONG_WORD = re.compile(LETTER + "{41,}")
LONG_WORD_PART = re.compile(LETTER + "{20}")

NO_ENGINE = N_("Máy chủ chưa có bộ tạo PDF (wkhtmltopdf hoặc PlutoPrint). Bạn vẫn tải được bản HTML để in.")


class PdfFailed(Refused):
    """No PDF came out. `message` is for people, `detail` (the engine's own words) for the log."""

    def __init__(self, message: str, detail: str = "", /, **facts: Any) -> None:
        super().__init__(message, status=500, **facts)
        self.detail = detail


class PdfEngine(Protocol):
    """What makes a PDF."""

    @property
    def name(self) -> str:
        """The word that stands for it in PDF_ENGINE."""

    @property
    def fonts(self) -> PaperFonts:
        """The face in use."""

    def render(self, html: str, title: str) -> bytes:
        """The PDF of a page made from `templates/paper/base.html`, with page numbers, title and embedded fonts.

        Raises PdfFailed.
        """


@dataclass(frozen=True)
class Wkhtmltopdf:
    """wkhtmltopdf as a program, its command line made by pdfkit."""

    path: str
    fonts: PaperFonts
    leash: Leash = field(default_factory=Leash)
    name: str = "wkhtmltopdf"

    def render(self, html: str, title: str) -> bytes:
        """See PdfEngine."""
        patched = "with patched qt" in self._version()
        page = html if patched else html.replace(ROOT_CLASS, SCALED_CLASS, 1)
        with tempfile.TemporaryDirectory(prefix="inspect-paper-") as name:
            out = Path(name, "paper.pdf")
            raw = _run(self._command(page, out, patched), page, out, self.fonts, self.leash)
        return stamp(raw, title, self.fonts)

    def _command(self, html: str, out: Path, patched: bool) -> list[str]:
        top, right, bottom, left = (f"{margin}mm" for margin in MARGINS)
        options = {
            "page-size": "A4",
            "margin-top": top,
            "margin-right": right,
            "margin-bottom": bottom,
            "margin-left": left,
            "encoding": "UTF-8",
            "disable-local-file-access": "",
            "disable-javascript": "",
            "disable-plugins": "",
            "proxy": NOWHERE,
        }
        if patched:
            options["disable-smart-shrinking"] = ""
        # pdfkit takes <meta name="pdfkit-…"> in the page for options; nobody can guess this prefix.
        configuration = pdfkit.configuration(wkhtmltopdf=self.path, meta_tag_prefix=f"{secrets.token_hex(16)}-")
        kit = pdfkit.PDFKit(html, "string", options=options, configuration=configuration)
        return list(kit.command(str(out)))

    def _version(self) -> str:
        try:
            asked = [self.path, "--version"]
            answer = subprocess.run(asked, capture_output=True, timeout=10, check=False)  # noqa: S603 - found on PATH.
        except (OSError, subprocess.TimeoutExpired):
            return ""
        return answer.stdout.decode("utf-8", "replace")


@dataclass(frozen=True)
class PlutoPrint:
    """PlutoPrint in a Python process of its own."""

    fonts: PaperFonts
    leash: Leash = field(default_factory=Leash)
    name: str = "plutoprint"

    def render(self, html: str, title: str) -> bytes:
        """See PdfEngine."""
        script = Path(__file__).with_name("plutoprint_page.py")
        margins = [str(round(margin / 25.4 * 72, 3)) for margin in MARGINS]
        with tempfile.TemporaryDirectory(prefix="inspect-paper-") as name:
            out = Path(name, "paper.pdf")
            argv = [sys.executable, "-I", str(script), str(out), *margins]
            raw = _run(argv, html, out, self.fonts, self.leash)
        return stamp(raw, title, self.fonts)


def choose_engine(setting: str, folder: Path) -> PdfEngine | None:
    """The engine that a PDF_ENGINE setting leads to, or None when it is not installed: then say NO_ENGINE.

    `auto` prefers wkhtmltopdf. `folder` keeps the font settings and faces. Raises ValueError for an unknown setting.
    """
    if setting not in SETTINGS:
        raise ValueError(f"PDF_ENGINE must be one of {', '.join(SETTINGS)}, not {setting!r}.")
    for name in ("wkhtmltopdf", "plutoprint") if setting == "auto" else (setting,):
        if name == "wkhtmltopdf" and (path := shutil.which("wkhtmltopdf")):
            return Wkhtmltopdf(path, paper_fonts(folder))
        if name == "plutoprint" and importlib.util.find_spec("plutoprint"):
            return PlutoPrint(paper_fonts(folder))
    return None


def breakable(html: str) -> str:
    """The same page with places to break in words of more than 40 letters, such as addresses.

    A word that is wider than the page makes both engines shrink the whole page.
    """
    parts = TAG_OR_STYLE.split(html)
    for at in range(0, len(parts), 2):
        parts[at] = LONG_WORD.sub(lambda word: LONG_WORD_PART.sub(r"\g<0><wbr>", word.group()), parts[at])
    return "".join(parts)


def _run(argv: Iterable[str], html: str, out: Path, fonts: PaperFonts, leash: Leash) -> bytes:
    environ = {
        "PATH": os.defpath,
        "LANG": "C.UTF-8",
        "FONTCONFIG_FILE": str(fonts.settings),
        "QT_QPA_PLATFORM": "offscreen",
        **dict.fromkeys(("HOME", "TMPDIR", "XDG_RUNTIME_DIR", "XDG_CACHE_HOME"), str(out.parent)),
    }
    page = breakable(html).encode("utf-8", "replace")
    try:
        ended = run_confined(list(argv), folder=out.parent, environ=environ, given=page, leash=leash)
    except TookTooLong as error:
        raise PdfFailed(
            N_("Tạo PDF quá %(seconds)s giây nên đã dừng. Hãy bớt ảnh rồi thử lại."), seconds=int(leash.wall_seconds)
        ) from error
    content = out.read_bytes() if out.is_file() else b""
    if ended.code or not content.startswith(b"%PDF-"):
        raise PdfFailed(
            N_("Không tạo được PDF. Hãy thử lại; nếu vẫn lỗi, báo quản trị viên."), f"exit {ended.code}: {ended.errors}"
        )
    return content
