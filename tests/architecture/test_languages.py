"""Every message exists in both languages: Vietnamese is the message itself, English its catalogue."""

import re
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.frontend import parse_keywords, parse_mapping_cfg
from babel.messages.pofile import read_po

from inspect_app.config import ROOT

WORDS = ROOT / "inspect_app/translations"
CATALOGUE = WORDS / "en/LC_MESSAGES/messages.po"
COLLECTED = re.findall(r"-k (\S+)", (ROOT / "scripts/translate").read_text())
KEYWORDS = parse_keywords(["_", "gettext", "ngettext:1,2", "pgettext:1c,2", *COLLECTED])
PLACES = re.compile(r"%\(\w+\)[sd]")
SIGNS = re.compile(r"%(?!%|\(\w+\)[sd])")
VIETNAMESE = re.compile(r"[ăâđêôơưàảãáạằẳẵắặầẩẫấậèẻẽéẹềểễếệìỉĩíịòỏõóọồổỗốộờởỡớợùủũúụừửữứựỳỷỹýỵ]", re.IGNORECASE)
NAMES = re.compile(r"Hà Nội|QĐ|ĐKT")

Key = tuple[str | None, str]


def test_every_message_has_its_english_words() -> None:
    english = {key_of(entry.context, entry.id) for entry in entries() if all(forms_of(entry))}
    lacking = sorted(message for _, message in messages() - english)
    assert not lacking, f"{len(lacking)} messages without English; run scripts/translate: {lacking[:10]}"


def test_a_translation_keeps_every_place_for_a_value() -> None:
    for entry in entries():
        message = key_of(entry.context, entry.id)[1]
        for words in filter(None, forms_of(entry)):
            assert set(PLACES.findall(message)) == set(PLACES.findall(words)), (message, words)
            assert not PLACES.search(message) or not SIGNS.search(words.replace("%%", "")), (message, words)


def test_a_counted_message_has_a_form_for_one_and_a_form_for_many() -> None:
    """The number of forms is the language's own; the words for one thing are not the words for many."""
    catalogue = read()
    for entry in catalogue:
        if isinstance(entry.id, tuple):
            forms = forms_of(entry)
            assert len(forms) == catalogue.num_plurals and all(forms), entry.id[0]
            assert len(set(forms)) == len(forms), entry.id[0]
            assert len(set(entry.id)) == 1, entry.id


def test_a_counted_message_is_counted_everywhere() -> None:
    """A message asked for both with and without its number would read "1 units" in one of the places."""
    kinds: dict[Key, set[bool]] = {}
    for context, message in extracted():
        kinds.setdefault(key_of(context, message), set()).add(isinstance(message, tuple))
    assert not [key for key, found in kinds.items() if len(found) > 1]


def test_english_words_hold_no_vietnamese() -> None:
    for entry in entries():
        for words in forms_of(entry):
            assert not VIETNAMESE.search(NAMES.sub("", words)), words


def test_no_message_is_glued_from_pieces() -> None:
    for path in sorted((ROOT / "inspect_app").rglob("*.py")):
        assert not re.search(r"\b(_|_l|N_|gettext|plural)\(f[\"']", path.read_text()), path


def read() -> Catalog:
    with CATALOGUE.open("rb") as file:
        return read_po(file)


def entries() -> Iterator[Message]:
    return (entry for entry in read() if entry.id and not entry.fuzzy)


def messages() -> set[Key]:
    return {key for found in extracted() if (key := key_of(*found))[1]}


def extracted() -> Iterator[tuple[str | None, str | tuple[str, ...]]]:
    with (WORDS / "babel.cfg").open() as file:
        mapping, options = parse_mapping_cfg(file)
    for _, _, message, _, context in extract_from_dir(str(ROOT), mapping, options, KEYWORDS, directory_filter=ours):
        yield context, message


def ours(folder: str | Path) -> bool:
    parts = Path(folder).relative_to(ROOT).parts
    return not parts or parts[0] in {"inspect_app", "templates"}


def key_of(context: str | None, message: str | tuple[str, ...] | list[str]) -> Key:
    return context, message if isinstance(message, str) else message[0]


def forms_of(entry: Message) -> tuple[str, ...]:
    return (entry.string,) if isinstance(entry.string, str) else tuple(entry.string)
