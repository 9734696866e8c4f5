"""Makes one PDF with PlutoPrint: HTML on standard input; the file's path and four margins as arguments.

A script of its own, run by pdf.py on a leash: the engine is native code and must not take the worker down with it.
"""

import base64
import sys
from urllib.parse import unquote_to_bytes


def make(path: str, margins: list[float], html: str) -> None:
    """Writes the PDF. `margins` in points: top, right, bottom, left. No file and no address is ever opened."""
    import plutoprint

    class OnlyInlined(plutoprint.ResourceFetcher):  # type: ignore[misc]
        """Hands out what stands in the page itself."""

        def fetch_url(self, url: str) -> "plutoprint.ResourceData":
            return plutoprint.ResourceData(*inlined(url))

    book = plutoprint.Book(plutoprint.PAGE_SIZE_A4, plutoprint.PageMargins(*margins), plutoprint.MEDIA_TYPE_PRINT)
    book.custom_resource_fetcher = OnlyInlined()
    book.load_html(html, base_url="about:blank")
    book.write_to_pdf(path)


def inlined(url: str) -> tuple[bytes, str]:
    """Content and media type of a data: address. Raises ValueError for any other."""
    if not url.startswith("data:"):
        raise ValueError("only data: addresses are fetched")
    described, _, content = url.removeprefix("data:").partition(",")
    media_type, *facts = described.split(";")
    raw = unquote_to_bytes(content)
    return base64.b64decode(raw) if "base64" in facts else raw, media_type


if __name__ == "__main__":
    make(sys.argv[1], [float(part) for part in sys.argv[2:6]], sys.stdin.buffer.read().decode("utf-8"))
