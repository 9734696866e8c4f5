import pytest
from fontTools.ttLib import TTFont

from inspect_app.documents import fonts as fonts_module
from inspect_app.documents.fonts import FAMILY, paper_fonts
from tests.documents.sample import VIETNAMESE


def test_all_four_faces_hold_every_vietnamese_letter(every_font):
    for path in every_font.faces:
        with TTFont(path) as font:
            letters = font.getBestCmap()
            missing = [letter for letter in VIETNAMESE + "ĐđƠơƯưĂăÂâÊêÔô“”…–-/0123456789" if ord(letter) not in letters]
            assert not missing, path.name
            assert font["name"].getDebugName(1) == FAMILY
            assert "fvar" not in font


def test_bold_and_italic_are_faces_of_their_own(every_font):
    marks = []
    for path in every_font.faces:
        with TTFont(path) as font:
            marks.append((font["OS/2"].usWeightClass, font["head"].macStyle))
    assert marks == [(400, 0), (700, 1), (400, 2), (700, 3)]


def test_the_settings_page_can_say_which_face_is_in_use(every_font):
    assert {"Tinos": "Tinos", "NotoSerif": "Noto Serif"}[every_font.name] in every_font.note


def test_faces_are_made_once(fonts_folder, fonts):
    before = {path: path.stat().st_mtime_ns for path in (*fonts.faces, fonts.settings)}
    assert paper_fonts(fonts_folder) == fonts
    assert before == {path: path.stat().st_mtime_ns for path in before}


def test_without_any_face_the_reason_is_clear(tmp_path, monkeypatch):
    def missing(name):
        raise ImportError(name)

    monkeypatch.setattr(fonts_module.importlib, "import_module", missing)
    with pytest.raises(FileNotFoundError, match="fonts-croscore"):
        paper_fonts(tmp_path, system=())
