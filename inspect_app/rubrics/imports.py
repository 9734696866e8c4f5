"""Rubrics in and out: the shipped catalogue, an uploaded file, and a version as a spreadsheet."""

from pathlib import Path

from inspect_app.refusals import N_, Refused
from inspect_app.rubrics.reading import parse, read_rubric
from inspect_app.rubrics.shapes import Rubric
from inspect_app.rubrics.yaml_form import LARGEST_TEXT

CATALOGUE = Path(__file__).parent / "catalogue"
SHIPPED = tuple(sorted(file.stem for file in CATALOGUE.glob("*.yaml")))
"""The names of the rubrics that the product brings along."""


def shipped_text(name: str) -> str:
    """The YAML text of a shipped rubric by its file's name."""
    return (CATALOGUE / f"{name}.yaml").read_text(encoding="utf-8")


def shipped_rubric(code: str) -> Rubric | None:
    """The shipped rubric with this id, or None."""
    contents = (read_rubric(shipped_text(name))[0] for name in SHIPPED)
    return next((parse(content) for content in contents if content["id"] == code), None)


def text_of(data: bytes) -> str:
    """The text of an uploaded YAML file. Raises Refused (422)."""
    if len(data) > LARGEST_TEXT:
        raise Refused(N_("Tệp lớn hơn 2 MB."), status=422)
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as mistake:
        raise Refused(
            N_("Tệp không phải là văn bản UTF-8 (lỗi ở byte %(byte)s)."), status=422, byte=mistake.start
        ) from mistake
