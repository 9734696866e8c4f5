"""Every message exists in both languages: Vietnamese is the message itself, English its catalogue."""

import re
from pathlib import Path

from babel.messages.extract import extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.pofile import read_po

from inspect_app.config import ROOT

WORDS = ROOT / "inspect_app/translations"
CATALOGUE = WORDS / "en/LC_MESSAGES/messages.po"
KEYWORDS = {"_": None, "_l": None, "N_": None, "gettext": None, "lazy_gettext": None, "ngettext": (1, 2)}
PLACES = re.compile(r"%\(\w+\)[sd]")


def test_every_message_has_its_english_words() -> None:
    english = catalogue()
    lacking = sorted(message for message in messages() if not english.get(message))
    assert not lacking, f"{len(lacking)} messages without English; run scripts/translate: {lacking[:10]}"


def test_a_translation_keeps_every_place_for_a_value() -> None:
    for message, words in catalogue().items():
        if words:
            assert set(PLACES.findall(message)) == set(PLACES.findall(words)), message


def test_no_message_is_glued_from_pieces() -> None:
    for path in sorted((ROOT / "inspect_app").rglob("*.py")):
        assert not re.search(r"\b(_|_l|N_|gettext)\(f[\"']", path.read_text()), path


def catalogue() -> dict[str, str]:
    with CATALOGUE.open("rb") as file:
        entries = read_po(file)
    return {key_of(entry.id): text_of(entry.string) for entry in entries if entry.id and not entry.fuzzy}


def messages() -> set[str]:
    found: set[str] = set()
    with (WORDS / "babel.cfg").open() as file:
        mapping, options = parse_mapping_cfg(file)
    for _, _, message, _, _ in extract_from_dir(str(ROOT), mapping, options, keywords=KEYWORDS, directory_filter=ours):
        found.add(key_of(message))
    return found - {""}


def ours(folder: str) -> bool:
    parts = Path(folder).relative_to(ROOT).parts
    return not parts or parts[0] in {"inspect_app", "templates"}


def key_of(message: str | tuple[str, ...]) -> str:
    return message if isinstance(message, str) else message[0]


def text_of(words: str | tuple[str, ...]) -> str:
    return words if isinstance(words, str) else (words[-1] if all(words) else "")
