"""Photographs of noise: real JPEGs of a given size, each another."""

import hashlib
import io

from PIL import Image


def photo(seed: int, *, bytes_about: int = 30_000) -> bytes:
    side = max(32, int((bytes_about / 1.4) ** 0.5))
    noise = hashlib.shake_256(seed.to_bytes(8, "big")).digest(side * side * 3)
    made = io.BytesIO()
    Image.frombytes("RGB", (side, side), noise).save(made, "JPEG", quality=85)
    return made.getvalue()
