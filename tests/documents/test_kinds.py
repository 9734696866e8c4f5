import io
import stat
import struct
import zipfile
import zlib
from pathlib import Path

import pytest

from inspect_app.documents.archives import MOST_ENTRIES
from inspect_app.documents.kinds import PHOTOS, SCANNER_TEST_MARK, FileKind, recognise
from inspect_app.documents.rules import MEGA, Limits
from inspect_app.refusals import Refused
from tests.documents.sample import archive, office, picture

PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\nstartxref\n0\n%%EOF\n"
HEIC = (Path(__file__).parent / "two-colours.heic").read_bytes()


def told(content, name, **options):
    return recognise(io.BytesIO(content), name, Limits(), **options)


def refusal(content, name, **options):
    with pytest.raises(Refused) as refused:
        told(content, name, **options)
    return refused.value


@pytest.mark.parametrize(
    ("content", "name", "kind"),
    [
        (picture(), "ảnh.JPG", FileKind.JPEG),
        (picture(kind="PNG"), "a.png", FileKind.PNG),
        (picture(kind="WEBP"), "a.webp", FileKind.WEBP),
        (HEIC, "IMG_1.HEIC", FileKind.HEIC),
        (PDF, "quyết định.pdf", FileKind.PDF),
        (office("docx"), "a.docx", FileKind.DOCX),
        (office("xlsx"), "a.xlsx", FileKind.XLSX),
    ],
)
def test_each_kind_is_told_from_its_bytes(content, name, kind):
    file = io.BytesIO(content)
    assert recognise(file, name, Limits()) is kind
    assert file.tell() == 0
    with pytest.raises(Refused):
        told(content, "a.txt")
    with pytest.raises(Refused):
        told(content, "không có phần mở rộng")


@pytest.mark.parametrize(
    ("content", "name"),
    [(picture(), "a.png"), (picture(kind="PNG"), "a.jpg"), (PDF, "a.docx"), (office("docx"), "a.xlsx"), (PDF, "a.jpg")],
)
def test_a_name_that_says_otherwise_is_refused(content, name):
    refused = refusal(content, name)
    assert refused.status == 422
    assert "tên tệp" in str(refused)


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (b"<html><script>alert(1)</script></html>", "a.jpg"),
        (b"<!DOCTYPE html><body>", "a.pdf"),
        (b'<svg xmlns="http://www.w3.org/2000/svg" onload="x()"/>', "a.svg"),
        (b'<?xml version="1.0"?><svg/>', "a.png"),
        (b"GIF89a" + b"\0" * 100, "a.gif"),
        (b"MZ\x90\0" + b"\0" * 100, "a.exe"),
        (b"#!/bin/sh\n", "a.pdf"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 100, "a.doc"),
        (archive([("a.txt", "x")]), "a.docx"),
        (b" %PDF-1.4" + PDF, "a.pdf"),
        (struct.pack(">I", 24) + b"ftypisom\0\0\0\0mp42isom" + b"\0" * 100, "a.heic"),
    ],
)
def test_any_other_kind_is_refused_whatever_its_name(content, name):
    assert refusal(content, name).status == 422


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (b"\xff\xd8\xff\xe0<html><script>alert(1)</script>" + picture(), "a.jpg"),
        (b"%PDF-1.4\n<HTML><body>" + PDF, "a.pdf"),
        (PDF + archive([("a.class", "x")]), "a.pdf"),
        (picture() + archive([("a.class", "x")]), "a.jpg"),
    ],
)
def test_a_file_that_is_two_things_at_once_is_refused(content, name):
    assert "hai định dạng" in str(refusal(content, name))


def test_the_test_mark_of_virus_scanners_is_refused_wherever_it_hides():
    mark = SCANNER_TEST_MARK
    spread = b"%PDF-1.4\n" + b"x" * (MEGA - 20) + mark + PDF
    hidden = office("docx", ("word/media/a.bin", b"y" * (256 * 1024 - 10) + mark))
    for content, name in ((mark, "a.txt"), (spread, "a.pdf"), (picture() + mark, "a.jpg"), (hidden, "a.docx")):
        assert "mã độc" in str(refusal(content, name))


def test_a_file_over_the_limit_of_its_kind_is_refused():
    limits = Limits(document_bytes=1000, photo_bytes=500)
    for content, name in ((picture(), "a.jpg"), (PDF + b" " * 1000, "a.pdf")):
        with pytest.raises(Refused) as refused:
            recognise(io.BytesIO(content), name, limits)
        assert refused.value.status == 413


def test_a_pdf_without_its_end_is_refused():
    assert "chưa đủ" in str(refusal(PDF[:40], "a.pdf"))
    assert refusal(b"", "a.pdf").status == 422


def test_where_a_photo_is_wanted_a_document_is_refused():
    assert "không phải ảnh" in str(refusal(PDF, "a.pdf", wanted=PHOTOS))
    assert told(picture(), "a.jpg", wanted=PHOTOS) is FileKind.JPEG


def linked(name):
    entry = zipfile.ZipInfo(name)
    entry.external_attr = (stat.S_IFLNK | 0o777) << 16
    return entry


@pytest.mark.parametrize(
    "extra",
    [
        ("../../evil", "x"),
        ("/etc/passwd", "x"),
        ("word\\..\\evil", "x"),
        ("c:/evil", "x"),
        (linked("word/link"), "/etc/passwd"),
        ("WORD/document.xml", "<a/>"),
    ],
)
def test_an_office_file_with_an_unsafe_name_inside_is_refused(extra):
    assert "không an toàn" in str(refusal(office("docx", extra), "a.docx"))


@pytest.mark.parametrize(
    "name", ["word/vbaProject.bin", "xl/vbaProject.bin", "xl/macrosheets/sheet1.xml", "word/activeX/activeX1.xml"]
)
def test_an_office_file_with_macros_is_refused(name):
    assert "macro" in str(refusal(office("docx", (name, "<a/>")), "a.docx"))


@pytest.mark.parametrize(
    "xml",
    [
        '<!DOCTYPE x [<!ENTITY a "aa">]><x>&a;</x>',
        '<?xml version="1.0"?><!-- c --><!DOCTYPE x SYSTEM "file:///etc/passwd"><x/>',
        '<!DOCTYPE x [<!ENTITY a SYSTEM "http://127.0.0.1/">]><x>&a;</x>'.encode("utf-16"),
    ],
)
def test_xml_with_a_document_type_is_refused_in_every_spelling(xml):
    for kind in ("docx", "xlsx"):
        assert "DOCTYPE" in str(refusal(office(kind, ("customXml/item1.xml", xml)), f"a.{kind}"))


def test_xml_that_is_none_is_refused():
    for content in (b"", b"hello", b" " * 200_000, b"<a " + b"x" * 200_000):
        assert refusal(office("docx", ("word/other.xml", content)), "a.docx").status == 422


def test_bombs_are_refused():
    flat = ("word/media/flat.bin", b"\0" * (30 * MEGA))
    many = [(f"word/{number}", "") for number in range(MOST_ENTRIES + 1)]
    for content in (office("docx", flat), office("docx", *many)):
        assert "bom nén" in str(refusal(content, "a.docx"))


def test_an_archive_that_lies_about_its_sizes_is_refused():
    content = bytearray(office("docx", ("word/media/flat.bin", b"\0" * (30 * MEGA))))
    at = content.rfind(b"PK\x01\x02")
    content[at + 24 : at + 28] = struct.pack("<I", 1000)
    assert refusal(bytes(content), "a.docx").status == 422


def test_entries_that_share_their_bytes_are_refused():
    content = bytearray(office("docx", ("word/a", "x" * 100), ("word/b", "x" * 100)))
    first = content.find(b"PK\x01\x02", content.find(b"PK\x01\x02") + 1)
    at = content.rfind(b"PK\x01\x02")
    content[at + 42 : at + 46] = content[first + 42 : first + 46]
    assert refusal(bytes(content), "a.docx").status == 422


def test_a_directory_of_half_a_million_entries_is_refused_before_it_is_read():
    end = b"PK\x05\x06" + struct.pack("<HHHHIIH", 0, 0, 1, 1, 20 * MEGA, 40, 0)
    content = b"PK\x03\x04" + b"\0" * 36 + b"\0" * (20 * MEGA) + end
    assert "bom nén" in str(refusal(content, "a.docx"))


def test_a_damaged_or_locked_office_file_is_refused_plainly():
    whole = office("docx")
    assert "không mở được" in str(refusal(whole[:-30], "a.docx"))
    torn = bytearray(office("docx", ("word/a", zlib.compress(b"x"))))
    torn[60] ^= 0xFF
    assert refusal(bytes(torn), "a.docx").status == 422
    locked = bytearray(whole)
    locked[locked.find(b"PK\x01\x02") + 8] |= 1
    assert "mật khẩu" in str(refusal(bytes(locked), "a.docx"))
