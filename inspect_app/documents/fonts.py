"""The face in which papers are set, and how every engine is told where to find it.

Decree 30/2020 wants Times New Roman. Tinos has its widths and every Vietnamese letter and comes with the system's
package fonts-croscore; without it, Noto Serif from its wheel takes its place, a little narrowed.
"""

import importlib
import io
import os
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

from inspect_app.refusals import N_

FAMILY = "Inspect Paper"
"""The family that paper.css asks for: the name under which the face in use is cut."""

SYSTEM_FOLDERS = (
    Path("/usr/share/fonts/truetype/croscore"),
    Path("/usr/share/fonts/croscore"),
    Path("/usr/share/fonts/google-croscore"),
    Path("/usr/local/share/fonts/croscore"),
)
STYLES = {"Regular": (400, False), "Bold": (700, False), "Italic": (400, True), "BoldItalic": (700, True)}
NOTO_WIDTH = 87.5
LETTERS = (
    *range(0x20, 0x7F),
    *range(0xA0, 0x180),
    *(0x1A0, 0x1A1, 0x1AF, 0x1B0),
    *range(0x300, 0x340),
    *range(0x1EA0, 0x1EFA),
    *range(0x2010, 0x2040),
    *(0x20AB, 0x20AC, 0x2212, 0x2260, 0x2264, 0x2265, 0x25A1),
)


@dataclass(frozen=True, slots=True)
class PaperFonts:
    """The four faces of a paper and the settings file (fontconfig) that makes engines find them first."""

    name: str
    regular: Path
    bold: Path
    italic: Path
    bold_italic: Path
    settings: Path
    note: str

    @property
    def faces(self) -> tuple[Path, Path, Path, Path]:
        """All four."""
        return self.regular, self.bold, self.italic, self.bold_italic


def paper_fonts(folder: Path, *, system: tuple[Path, ...] = SYSTEM_FOLDERS) -> PaperFonts:
    """The face in use. Its four files and its settings are made in `folder` when they are missing (some seconds, once).

    `note` is the sentence for the settings page. Raises FileNotFoundError when neither face is installed.
    """
    for source in system:
        if all((source / f"Tinos-{style}.ttf").is_file() for style in STYLES):
            note = N_("Văn bản dùng phông Tinos (cùng độ rộng chữ với Times New Roman).")
            return _fonts("Tinos", source, folder, note)
    note = N_("Văn bản dùng phông Noto Serif. Cài gói fonts-croscore để có phông cùng độ rộng với Times New Roman.")
    return _fonts("NotoSerif", _noto_serif(), folder, note)


def _noto_serif() -> Path:
    try:
        return Path(importlib.import_module("fontpkg_noto_serif").ROOT, "files")
    except ImportError as error:
        raise FileNotFoundError("Neither Tinos (fonts-croscore) nor Noto Serif (fontpkg-noto-serif) found.") from error


def _fonts(name: str, source: Path, folder: Path, note: str) -> PaperFonts:
    own = folder / name.lower()
    own.mkdir(parents=True, exist_ok=True)
    faces = [own / f"{name}-{style}.ttf" for style in STYLES]
    for style, path in zip(STYLES, faces, strict=True):
        if not path.is_file():
            _write(path, _cut(name, source, style))
    settings = own / "fonts.conf"
    _write(settings, _settings(own).encode())
    regular, bold, italic, bold_italic = faces
    return PaperFonts(name, regular, bold, italic, bold_italic, settings=settings, note=note)


def _settings(own: Path) -> str:
    """Our faces first, and in place of Times New Roman; the system's own behind them, for signs that ours lack."""
    return (
        '<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "urn:fontconfig:fonts.dtd"><fontconfig>'
        f"<dir>{escape(str(own))}</dir><cachedir>{escape(str(own / 'cache'))}</cachedir>"
        '<match target="pattern"><test name="family" qual="any"><string>Times New Roman</string></test>'
        f'<edit name="family" mode="assign" binding="strong"><string>{FAMILY}</string></edit></match>'
        '<include ignore_missing="yes">/etc/fonts/fonts.conf</include></fontconfig>'
    )


def _cut(name: str, source: Path, style: str) -> bytes:
    """One static face under our family's name: engines and stampers do not agree on variable fonts."""
    weight, italic = STYLES[style]
    variable = source / f"NotoSerif{'-Italic' if italic else ''}[wdth,wght].ttf"
    from fontTools.ttLib import TTFont
    from fontTools.varLib import instancer

    with TTFont(source / f"Tinos-{style}.ttf" if name == "Tinos" else variable) as font:
        if "fvar" in font:
            _keep_letters(font)
            instancer.instantiateVariableFont(font, {"wght": weight, "wdth": NOTO_WIDTH}, inplace=True)
        _rename(font, name, style, weight, italic)
        out = io.BytesIO()
        font.save(out)
    return out.getvalue()


def _keep_letters(font: Any) -> None:
    from fontTools import subset

    options = subset.Options()
    options.layout_features = ["kern", "mark", "mkmk", "ccmp", "locl"]
    options.name_IDs = ["*"]
    cutter = subset.Subsetter(options)
    cutter.populate(unicodes=LETTERS)
    cutter.subset(font)


def _rename(font: Any, name: str, style: str, weight: int, italic: bool) -> None:
    plain = "Bold Italic" if style == "BoldItalic" else style
    table = font["name"]
    table.names = [record for record in table.names if record.nameID in {0, 5, 13, 14}]
    names = {1: FAMILY, 2: plain, 3: f"{FAMILY} {plain}", 4: f"{FAMILY} {plain}", 6: f"{name}-{style}"}
    for key, text in names.items():
        table.setName(text, key, 3, 1, 0x409)
    bold = weight == 700
    font["head"].macStyle = bold | italic << 1
    font["OS/2"].usWeightClass = weight
    font["OS/2"].fsSelection = italic | bold << 5 | (not bold and not italic) << 6
    for unwanted in ("STAT", "DSIG"):
        if unwanted in font:
            del font[unwanted]


def _write(path: Path, content: bytes) -> None:
    """Whole or not at all: the worker and the web may both make it."""
    if path.is_file() and path.read_bytes() == content:
        return
    handle, name = tempfile.mkstemp(dir=path.parent)
    with open(handle, "wb") as file:
        file.write(content)
    os.chmod(name, 0o644)
    os.replace(name, path)
