import io
import struct
import zlib
from datetime import UTC, datetime
from pathlib import Path

import pytest
from PIL import Image, PngImagePlugin

from inspect_app.documents.photos import Position, reencode
from inspect_app.documents.rules import Limits
from inspect_app.refusals import Refused
from tests.documents.sample import picture

EXIF, GPS = 0x8769, 0x8825


def notes(*, orientation=None, taken=None, offset=None, position=None):
    exif = Image.Exif()
    exif[0x010F] = "Máy bí mật"
    if orientation:
        exif[0x0112] = orientation
    if taken:
        exif.get_ifd(EXIF)[36867] = taken
    if offset:
        exif.get_ifd(EXIF)[36881] = offset
    if position:
        exif.get_ifd(GPS).update(position)
    return exif.tobytes()


HOAN_KIEM = {1: "N", 2: (21.0, 1.0, 42.96), 3: "E", 4: (105.0, 51.0, 7.2), 31: 4.74}


def opened(content):
    return Image.open(io.BytesIO(content))


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_every_photo_becomes_a_plain_upright_jpeg(kind):
    photo = reencode(picture(640, 480, kind))
    image = opened(photo.jpeg)
    assert (image.format, image.size) == ("JPEG", (640, 480)) and (photo.width, photo.height) == (640, 480)
    assert image.getpixel((10, 10))[0] > 200 > image.getpixel((630, 10))[0]
    assert max(opened(photo.thumbnail).size) == 400


def test_a_large_photo_is_made_smaller():
    photo = reencode(picture(5000, 2500))
    assert (photo.width, photo.height) == opened(photo.jpeg).size == (2560, 1280)


def test_the_direction_of_the_camera_is_applied_and_its_notes_are_gone():
    exif = notes(orientation=6, taken="2026:09:14 08:30:00", position=HOAN_KIEM)
    sent = picture(640, 480, exif=exif, comment=b"bi mat")
    photo = reencode(sent)
    image = opened(photo.jpeg)
    assert image.size == (480, 640)
    assert image.getpixel((10, 10))[0] > 200 > image.getpixel((10, 630))[0]
    assert not image.getexif() and "comment" not in image.info and "exif" not in image.info
    for secret in (b"Exif", b"2026:09:14", b"bi mat"):
        assert secret in sent
        assert secret not in photo.jpeg and secret not in photo.thumbnail


def test_time_and_place_of_the_camera_are_kept_as_data():
    photo = reencode(picture(exif=notes(taken="2026:09:14 08:30:00", position=HOAN_KIEM)))
    assert photo.taken_at == datetime(2026, 9, 14, 1, 30, tzinfo=UTC)
    assert photo.position == Position(21.0286, 105.852, 4.7)
    assert photo.position.as_data() == {"latitude": 21.0286, "longitude": 105.852, "accuracy": 4.7}


def test_a_camera_that_names_its_time_zone_is_believed():
    photo = reencode(picture(exif=notes(taken="2026:09:14 08:30:00", offset="+09:00")))
    assert photo.taken_at == datetime(2026, 9, 13, 23, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    "exif",
    [
        b"",
        b"Exif\0\0garbage",
        notes(taken="0000:00:00 00:00:00", position={1: "N", 2: (21.0, 1.0), 3: "E", 4: (1.0, 1.0, 1.0)}),
        notes(taken="hôm qua", position={1: "N", 2: (99.0, 0.0, 0.0), 3: "E", 4: (1.0, 0.0, 0.0)}),
        notes(position={1: "N", 2: (0.0, 0.0, 0.0), 3: "E", 4: (0.0, 0.0, 0.0)}),
        notes(position={2: (21.0, 0.0, 0.0)}),
    ],
)
def test_notes_that_make_no_sense_are_no_reason_to_refuse_a_photo(exif):
    photo = reencode(picture(exif=exif))
    assert photo.taken_at is None and photo.position is None


def test_what_is_see_through_becomes_white():
    out = io.BytesIO()
    Image.new("RGBA", (50, 50), (255, 0, 0, 0)).save(out, "PNG")
    assert min(opened(reencode(out.getvalue()).jpeg).getpixel((25, 25))) > 250


@pytest.mark.parametrize("mode", ["L", "1", "P", "LA", "RGBA", "CMYK", "I;16"])
def test_photos_of_every_mode_are_taken(mode):
    out = io.BytesIO()
    Image.new(mode, (60, 40)).save(out, "JPEG" if mode == "CMYK" else "PNG")
    assert opened(reencode(out.getvalue()).jpeg).size == (60, 40)


def test_a_photo_of_a_phone_in_heic_is_read_with_its_notes():
    photo = reencode((Path(__file__).parent / "two-colours.heic").read_bytes())
    image = opened(photo.jpeg)
    assert (image.format, image.size) == ("JPEG", (96, 64))
    assert image.getpixel((10, 30))[0] > 200 > image.getpixel((80, 30))[0]
    assert photo.taken_at == datetime(2026, 9, 14, 1, 30, tzinfo=UTC)
    assert photo.position == Position(21.0286, 105.852)
    assert not image.getexif()


def empty_png(width, height):
    def chunk(name, data):
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"")) + chunk(b"IEND", b"")


@pytest.mark.parametrize("side", [8000, 20_000, 60_000])
def test_a_photo_with_too_many_pixels_is_refused_from_its_header(side, monkeypatch):
    def decoded(*_arguments):
        raise AssertionError("decoded before its pixels were counted")

    monkeypatch.setattr(PngImagePlugin.PngImageFile, "load", decoded)
    with pytest.raises(Refused) as refused:
        reencode(empty_png(side, side))
    assert str(refused.value) == "Ảnh có quá nhiều điểm ảnh: chỉ nhận ảnh đến 50 triệu điểm ảnh."


def test_the_largest_photos_of_phones_are_taken():
    assert Limits().photo_pixels >= 8192 * 6144


def test_a_torn_photo_is_refused_plainly():
    whole = picture(640, 480, "PNG")
    for content in (whole[: len(whole) // 2], picture()[:300], b"\xff\xd8\xff\xe0", b"", b"<svg/>", empty_png(10, 10)):
        with pytest.raises(Refused) as refused:
            reencode(content)
        assert refused.value.status == 422
        assert "không đọc được" in str(refused.value)


def test_a_photo_in_a_wide_colour_space_is_brought_into_that_of_the_web():
    from PIL import ImageCms

    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    photo = reencode(picture(icc_profile=profile))
    assert "icc_profile" not in opened(photo.jpeg).info
    assert "icc_profile" not in opened(reencode(picture(icc_profile=b"garbage")).jpeg).info
