"""Takes a photo apart: a fresh JPEG without a trace of the sender's bytes, and what the camera said, as data."""

import io
import warnings
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import pi_heif
from PIL import ExifTags, Image, ImageCms, ImageOps

from inspect_app.documents.rules import HANOI, Limits
from inspect_app.refusals import N_, Refused

LONGEST_SIDE = 2560
THUMBNAIL_SIDE = 400
QUALITY = 85
FORMATS = ("JPEG", "PNG", "WEBP", "HEIF")


pi_heif.register_heif_opener()


@dataclass(frozen=True, slots=True)
class Position:
    """Where the camera was, in degrees (WGS 84, north and east positive); `accuracy` in metres when it said so."""

    latitude: float
    longitude: float
    accuracy: float | None = None

    def as_data(self) -> dict[str, float]:
        """The position as it is stored."""
        data = {"latitude": self.latitude, "longitude": self.longitude}
        return data if self.accuracy is None else {**data, "accuracy": self.accuracy}


@dataclass(frozen=True, slots=True)
class Photo:
    """A re-encoded photo: JPEG bytes without EXIF, upright, its sides in pixels, and a small JPEG for lists.

    `taken_at` (UTC) and `position` are what the camera recorded: hints for the reader, no proof.
    """

    jpeg: bytes
    thumbnail: bytes
    width: int
    height: int
    taken_at: datetime | None
    position: Position | None


def reencode(content: bytes, limits: Limits | None = None) -> Photo:
    """Makes a Photo from JPEG, PNG, HEIC or WebP bytes; the longest side becomes 2560 pixels at most.

    Raises Refused (422) when it has more pixels than `limits` allow (told from the header, before decoding) or
    cannot be decoded whole.
    """
    limits = limits or Limits()
    try:
        with warnings.catch_warnings():
            # Our own limit on pixels takes the place of Pillow's warning.
            warnings.simplefilter("ignore")
            return _reencode(content, limits.photo_pixels)
    except Image.DecompressionBombError as error:
        raise _too_many_pixels(limits.photo_pixels) from error
    except (OSError, ValueError, SyntaxError, EOFError, RuntimeError, MemoryError, ArithmeticError) as error:
        raise Refused(N_("Ảnh hỏng hoặc tải lên chưa đủ: không đọc được."), status=422) from error


def _reencode(content: bytes, most_pixels: int) -> Photo:
    with Image.open(io.BytesIO(content), formats=FORMATS) as source:
        if source.width * source.height > most_pixels:
            raise _too_many_pixels(most_pixels)
        exif = _exif(source)
        profile = source.info.get("icc_profile")
        # JPEG can be decoded at a fraction of its size, which saves most of the memory of a large one.
        source.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))
        source.load()
        picture = _upright(source)
    picture = _in_plain_colours(picture, profile)
    small = picture.copy()
    small.thumbnail((THUMBNAIL_SIDE, THUMBNAIL_SIDE), reducing_gap=2.0)
    return Photo(
        jpeg=_jpeg(picture, QUALITY),
        thumbnail=_jpeg(small, 75),
        width=picture.width,
        height=picture.height,
        taken_at=_taken_at(exif),
        position=_position(exif),
    )


def _upright(source: Image.Image) -> Image.Image:
    if source.mode == "P" or source.mode.startswith("I"):
        source = source.convert("RGBA" if "transparency" in source.info else "RGB")
    picture = source.copy()
    picture.thumbnail((LONGEST_SIDE, LONGEST_SIDE), Image.Resampling.LANCZOS, reducing_gap=2.0)
    try:
        return ImageOps.exif_transpose(picture)
    except (OSError, ValueError, SyntaxError, TypeError, KeyError, ArithmeticError):
        return picture  # The direction is unreadable; the photo itself is not.


def _in_plain_colours(picture: Image.Image, profile: bytes | None) -> Image.Image:
    """RGB on white, in the colour space of the web: phones record wider ones."""
    if "A" in picture.mode or "a" in picture.mode or "transparency" in picture.info:
        layer = picture.convert("RGBA")
        picture = Image.new("RGB", layer.size, "white")
        picture.paste(layer, mask=layer)
    elif profile and picture.mode in {"RGB", "CMYK"}:
        picture = _from_profile(picture, profile)
    picture = picture.convert("RGB")
    picture.info = {}
    return picture


def _from_profile(picture: Image.Image, profile: bytes) -> Image.Image:
    try:
        return (
            ImageCms.profileToProfile(
                picture, ImageCms.ImageCmsProfile(io.BytesIO(profile)), ImageCms.createProfile("sRGB"), outputMode="RGB"
            )
            or picture
        )
    except (ImageCms.PyCMSError, OSError, ValueError, TypeError):
        return picture


def _jpeg(picture: Image.Image, quality: int) -> bytes:
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=quality, optimize=True)
    return out.getvalue()


def _exif(source: Image.Image) -> dict[str, Any]:
    """The camera's notes by name, those on the position as "GPS…". Unreadable notes are no reason to refuse a photo."""
    try:
        exif = source.getexif()
        notes = dict(exif.get_ifd(ExifTags.IFD.Exif))
        position = exif.get_ifd(ExifTags.IFD.GPSInfo)
    except Exception:  # EXIF comes in every state of disrepair, and each breaks the reader elsewhere.
        return {}
    named = {ExifTags.TAGS.get(key, ""): value for key, value in {**exif, **notes}.items()}
    return {**named, **{ExifTags.GPSTAGS.get(key, ""): value for key, value in position.items()}}


def _taken_at(exif: dict[str, Any]) -> datetime | None:
    """The moment of exposure in UTC. Cameras that do not name their time zone are taken to be set to Hà Nội's."""
    text = str(exif.get("DateTimeOriginal") or exif.get("DateTimeDigitized") or "").strip("\0 ")
    offset = str(exif.get("OffsetTimeOriginal") or "").strip("\0 ")
    try:
        moment = datetime.strptime(text, "%Y:%m:%d %H:%M:%S").replace(tzinfo=HANOI)
    except ValueError:
        return None
    try:
        return datetime.strptime(f"{text} {offset}", "%Y:%m:%d %H:%M:%S %z").astimezone(UTC)
    except (ValueError, OverflowError):
        pass
    return moment.astimezone(UTC) if moment.year > 1 else None


def _position(exif: dict[str, Any]) -> Position | None:
    try:
        latitude = _degrees(exif["GPSLatitude"], exif["GPSLatitudeRef"], "S")
        longitude = _degrees(exif["GPSLongitude"], exif["GPSLongitudeRef"], "W")
    except (KeyError, TypeError, ValueError, ArithmeticError):
        return None
    if not (abs(latitude) <= 90 and abs(longitude) <= 180) or (latitude, longitude) == (0, 0):
        return None
    return Position(latitude, longitude, _accuracy(exif))


def _degrees(parts: Any, direction: Any, negative: str) -> float:
    whole, minutes, seconds = (float(part) for part in parts)
    degrees = round(whole + minutes / 60 + seconds / 3600, 6)
    return -degrees if str(direction).strip("\0 ").upper() == negative else degrees


def _accuracy(exif: dict[str, Any]) -> float | None:
    try:
        metres = round(float(exif["GPSHPositioningError"]), 1)
    except (KeyError, TypeError, ValueError, ArithmeticError):
        return None
    return metres if 0 <= metres < 100_000 else None


def _too_many_pixels(most_pixels: int) -> Refused:
    return Refused(
        N_("Ảnh có quá nhiều điểm ảnh: chỉ nhận ảnh đến %(limit)s triệu điểm ảnh."),
        status=422,
        limit=most_pixels // 1_000_000 if most_pixels % (1024 * 1024) else most_pixels // (1024 * 1024),
    )
