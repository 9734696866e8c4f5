"""The two faces of the product, made for the web from the installed font packages.

Be Vietnam Pro has no figures of equal width, so the digits come from Inter. Only what is needed goes out: the letters
of Vietnamese and English, and ten digits instead of a face of 870 kB. A missing package means the system's own face.
"""

import importlib
import io
from dataclasses import dataclass
from pathlib import Path

LETTERS = (
    *range(0x20, 0x7F),
    *range(0xA0, 0x180),
    0x1A0, 0x1A1, 0x1AF, 0x1B0,
    *range(0x2B0, 0x370),
    *range(0x1EA0, 0x1EFA),
    *range(0x2010, 0x2040),
    0x20AB, 0x20AC, 0x2122, *range(0x2190, 0x2194), 0x2212, 0x2248, 0x2260, 0x2264, 0x2265,
)  # fmt: skip
DIGITS = tuple(range(0x30, 0x3A))


@dataclass(frozen=True)
class WebFont:
    """A face: the package that carries it, the file in it, the characters wanted."""

    package: str
    file: str
    characters: tuple[int, ...]

    @property
    def path(self) -> Path | None:
        """Where the face lies on disk, or None when its package is not installed."""
        try:
            root = Path(importlib.import_module(self.package).ROOT)
        except (ImportError, AttributeError):
            return None
        path = root / "files" / self.file
        return path if path.is_file() else None

    @property
    def installed(self) -> bool:
        return self.path is not None


WEB_FONTS = {
    "fonts/be-vietnam-pro-400.woff": WebFont("fontpkg_be_vietnam_pro", "BeVietnamPro-Regular.ttf", LETTERS),
    "fonts/be-vietnam-pro-600.woff": WebFont("fontpkg_be_vietnam_pro", "BeVietnamPro-SemiBold.ttf", LETTERS),
    "fonts/inter-figures.woff": WebFont("fontpkg_inter", "Inter[opsz,wght].ttf", DIGITS),
}


def make_web_font(name: str) -> bytes | None:
    """The face as WOFF, cut down to its characters; the same bytes every time. None when it is not installed."""
    font = WEB_FONTS[name]
    if font.path is None:
        return None
    from fontTools.subset import Options, Subsetter
    from fontTools.ttLib import TTFont

    face = TTFont(font.path, recalcTimestamp=False)
    cutter = Subsetter(
        Options(layout_features=["*"], hinting=False, notdef_outline=True, name_IDs=[0, 1, 2, 5, 6, 13, 14])
    )
    cutter.populate(unicodes=font.characters)
    cutter.subset(face)
    face.flavor = "woff"
    out = io.BytesIO()
    face.save(out)
    return out.getvalue()
