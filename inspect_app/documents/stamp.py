"""Puts on a finished PDF what engines cannot agree on: page numbers, the title, the language."""

import io
import re

from pypdf import PageObject, PdfReader, PdfWriter
from pypdf.generic import (
    ArrayObject,
    BooleanObject,
    DictionaryObject,
    NameObject,
    StreamObject,
    TextStringObject,
)

from inspect_app.documents.fonts import PaperFonts

A4 = 210, 297
MARGINS = 20, 18, 20, 30
"""Top, right, bottom and left of a page in millimetres, within Decree 30/2020. paper.css has them for browsers."""

POINTS = 72 / 25.4
NUMBER_SIZE = 13
NUMBER_FROM_TOP = 10.0
"""Millimetres from the edge to the top of the number: the middle of the margin."""


def stamp(pdf: bytes, title: str, fonts: PaperFonts) -> bytes:
    """The same pages with their number centred in the top margin from page 2 on, as Decree 30/2020 prescribes.

    The title is set and shown, the language is Vietnamese, links to files of the machine that rendered are taken off.
    """
    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(pdf)))
    pages = writer.pages
    if len(pages) > 1:
        numbers = PdfReader(io.BytesIO(_numbers(len(pages), fonts)))
        for page, number in zip(pages[1:], numbers.pages, strict=True):
            page.merge_page(number)
    for page in pages:
        _drop_file_links(page)
        _spaces_for_tabs(page)
    writer.add_metadata({"/Title": title, "/Creator": "inspect_app"})
    root = writer.root_object
    root[NameObject("/Lang")] = TextStringObject("vi-VN")
    root[NameObject("/ViewerPreferences")] = DictionaryObject({NameObject("/DisplayDocTitle"): BooleanObject(True)})
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def _numbers(pages: int, fonts: PaperFonts) -> bytes:
    """Pages 2 to `pages`, empty but for their number."""
    from fpdf import FPDF  # Half a second that a start need not wait for.

    _, right, _, left = MARGINS
    document = FPDF(unit="mm", format=A4)
    document.set_auto_page_break(False)
    document.add_font("paper", fname=fonts.regular)
    for number in range(2, pages + 1):
        document.add_page()
        document.set_font("paper", size=NUMBER_SIZE)
        document.set_xy(left, NUMBER_FROM_TOP)
        document.cell(w=A4[0] - left - right, h=NUMBER_SIZE / POINTS, text=str(number), align="C")
    return bytes(document.output())


def _drop_file_links(page: PageObject) -> None:
    kept = ArrayObject()
    for reference in page.get("/Annots", ArrayObject()):
        action = reference.get_object().get("/A", {})
        if not str(action.get("/URI", "")).startswith("file:"):
            kept.append(reference)
    if "/Annots" in page:
        page[NameObject("/Annots")] = kept


def _spaces_for_tabs(page: PageObject) -> None:
    """wkhtmltopdf says that a gap between words is a tab, and a search for two words would find nothing."""
    fonts = page.get("/Resources", DictionaryObject()).get("/Font", DictionaryObject())
    for font in fonts.values():
        spelled = font.get_object().get("/ToUnicode", None)
        stream = spelled.get_object() if spelled is not None else None
        if isinstance(stream, StreamObject):
            text = stream.get_data()
            mended = re.sub(rb"\[[^\]]*\]", lambda part: part.group().replace(b"<0009>", b"<0020>"), text)
            if mended != text:
                stream.set_data(mended)
