"""The written form of a rubric: what is read, what is named as wrong, and what is written again."""

import json
import unicodedata
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import inspect_app.rubrics
from inspect_app.rubrics.reading import check_content, parse, read_rubric, write_rubric
from inspect_app.rubrics.rules import ScoringKind, as_json, content_hash, publishable, score

CATALOGUE = sorted((Path(inspect_app.rubrics.__file__).parent / "catalogue").glob("*.yaml"))

SMALL = """\
schema: cchc-rubric/1
id: mau-nho
name_vi: Mẫu nhỏ
applies_to: [xa]
cycle: inspection
official: false
completeness: complete
sources: [hư cấu]
groups:
- code: '1'
  name_vi: Lĩnh vực
  criteria:
  - code: '1.1'
    name_vi: Tỷ lệ
    max_points: 2.50
    scoring: ratio
    threshold_pct: 98.10
  - code: '1.2'
    name_vi: Có hay không
    max_points: 1
    scoring: boolean
"""


def small(old="", new=""):
    assert old in SMALL
    return SMALL.replace(old, new, 1)


def read_catalogue():
    for path in CATALOGUE:
        content, problems = read_rubric(path.read_text("utf-8"))
        assert problems == [], path.name
        yield content


# ── The catalogue ──


@pytest.mark.parametrize("path", CATALOGUE, ids=lambda path: path.name)
def test_every_rubric_of_the_catalogue_is_read_and_written_again(path):
    content, problems = read_rubric(path.read_text("utf-8"))
    assert problems == []
    assert parse(content).id == content["id"]
    assert read_rubric(write_rubric(content)) == (content, [])
    assert content_hash(json.loads(json.dumps(content))) == content_hash(content)


def test_only_the_complete_rubrics_with_points_can_be_published():
    reasons = {content["id"]: publishable(parse(content)) for content in read_catalogue()}
    assert len(reasons) == 8
    assert [name for name, why in reasons.items() if not why] == ["bcs766-2026", "kiem-tra-mau-7", "mau-du-cach-cham"]
    assert "Bộ tiêu chí mới có một phần của văn bản gốc." in reasons["camau-1880-2013"]
    assert "Tiêu chí 1.3 chưa có cách chấm điểm." in reasons["camau-1880-2013"]
    assert "Lĩnh vực 9 chưa có tiêu chí." in reasons["district-divisions-9-fields-2019"]
    assert "Bộ tiêu chí mới có khung, chưa đủ tiêu chí và điểm." in reasons["papi-2018"]
    assert "Bộ tiêu chí mới có khung, chưa đủ tiêu chí và điểm." in reasons["par-index-province"]
    assert reasons["sipas-2640-2017"][0] == "Tiêu chí 1.1 chưa có điểm tối đa."


def test_the_catalogue_holds_what_its_sources_say():
    rubrics = {content["id"]: parse(content) for content in read_catalogue()}
    assert len(list(rubrics["bcs766-2026"].leaves())) == 19
    assert len(list(rubrics["kiem-tra-mau-7"].leaves())) == 35
    assert len(list(rubrics["sipas-2640-2017"].leaves())) == 22
    assert len(list(rubrics["papi-2018"].leaves())) == 28
    assert {name for name, rubric in rubrics.items() if rubric.official} == {
        "bcs766-2026", "camau-1880-2013", "papi-2018", "par-index-province", "sipas-2640-2017",
    }  # fmt: skip
    assert rubrics["bcs766-2026"].kinds() >= {"so", "xa", "phuong", "dac_khu", "bo", "tinh"}
    online = next(leaf for leaf in rubrics["bcs766-2026"].leaves() if leaf.code == "3.5")
    assert (online.max_points, online.threshold_pct, online.floor_pct) == (Decimal(2), Decimal(80), None)


def test_the_fictional_rubric_has_every_way_of_scoring():
    rubric = next(parse(content) for content in read_catalogue() if content["id"] == "mau-du-cach-cham")
    assert rubric.official is False
    assert {leaf.kind for leaf in rubric.leaves()} == set(ScoringKind)
    assert any(criterion.children for criterion in rubric.family())
    assert not all(leaf.na_allowed for leaf in rubric.leaves())


def test_the_fictional_rubric_counts_as_reckoned_by_hand():
    rubric = next(parse(content) for content in read_catalogue() if content["id"] == "mau-du-cach-cham")
    result = as_json(
        score(
            rubric,
            {
                "A.1.1": {"level": 1},  # 1.50 of 3
                "A.1.2": {"value": True},  # 2.00 of 2
                "A.1.3": {"numerator": 17, "denominator": 20},  # 85 of 90 per cent: 2.8333, so 2.83 of 3
                "A.2": {"events": 3},  # 4 − 0.75 = 3.25
                "A.3": {"rate_pct": "90"},  # not above 90: 4 of 6
                "A.4": {"events": 5},  # 2.5, at most 2.00
                "B.1": {"numerator": 110, "denominator": 100},  # counts as 100: 6.00
                "B.2": {"counts": [30, 12, 5, 2, 1]},  # 84 per cent: 6.72 of 8
                "B.3": {"counts": [5, 3, 1, 1]},  # 70 per cent: 2.80 of 4
                "B.4": {"na": "Không có phản ánh"},  # 4 leave the maximum
                "C.1": {"level": 1},  # 3.75 of 5
                "C.2.1": {"value": True},  # 2.50
                "C.2.2": {"numerator": 2, "denominator": 3},  # 1.6667, so 1.67
                "C.3": {"events": 2},  # −2.00
            },
        )
    )
    assert result["groups"] == {
        "A": {"points": "15.58", "max": "18.00", "index_pct": "86.56"},
        "B": {"points": "15.52", "max": "18.00", "index_pct": "86.22"},
        "C": {"points": "5.92", "max": "10.00", "index_pct": "59.20"},
    }
    assert (result["total"], result["applicable_max"], result["index_pct"]) == ("37.02", "46.00", "80.48")
    assert result["criteria"]["A.1"] == {
        "points": "6.33", "max": "8.00", "applies": True, "trace": "1,50 + 2,00 + 2,83 = 6,33",
    }  # fmt: skip
    assert result["unanswered"] == []


# ── Numbers and words ──


def test_numbers_are_read_from_their_text_and_lose_only_idle_zeros():
    content, problems = read_rubric(SMALL)
    ratio = content["groups"][0]["criteria"][0]
    assert problems == []
    assert (ratio["max_points"], ratio["threshold_pct"]) == ("2.5", "98.1")
    exact = small("98.10", "98.1000000001")
    assert read_rubric(exact)[0]["groups"][0]["criteria"][0]["threshold_pct"] == "98.1000000001"
    assert parse(read_rubric(exact)[0]).groups[0].criteria[0].threshold_pct == Decimal("98.1000000001")


def test_content_holds_no_number_that_is_not_text():
    def leaves(value):
        if isinstance(value, dict | list):
            for item in value.values() if isinstance(value, dict) else value:
                yield from leaves(item)
        else:
            yield value

    for content in read_catalogue():
        assert {type(leaf) for leaf in leaves(content)} <= {str, bool}


def test_the_same_rubric_spelt_otherwise_has_the_same_hash():
    content, _ = read_rubric(SMALL)
    assert content_hash(read_rubric(small("2.50", "2.5"))[0]) == content_hash(content)
    assert content_hash(read_rubric(unicodedata.normalize("NFD", SMALL))[0]) == content_hash(content)
    assert content_hash(read_rubric(SMALL.replace("\n", "\r\n"))[0]) == content_hash(content)
    assert content_hash(read_rubric(small("2.50", "2.51"))[0]) != content_hash(content)


def test_words_come_in_composed_letters():
    content, _ = read_rubric(unicodedata.normalize("NFD", SMALL))
    assert content["name_vi"] == "Mẫu nhỏ"
    assert unicodedata.is_normalized("NFC", content["name_vi"])


def test_a_code_that_looks_like_a_number_keeps_its_zeros():
    content, problems = read_rubric(small("code: '1.1'", "code: 1.10"))
    assert problems == []
    assert content["groups"][0]["criteria"][0]["code"] == "1.10"


@pytest.mark.parametrize("written", ["2025-01-01", "yes", "1:30", "1_000", "0x1F", "08", "1e3", "'true'", '"null"'])
def test_words_that_yaml_takes_for_something_else_stay_words(written):
    content, problems = read_rubric(small("name_vi: Mẫu nhỏ", f"name_vi: {written}"))
    assert problems == []
    assert content["name_vi"] == written.strip("'\"")
    assert read_rubric(write_rubric(content)) == (content, [])


def test_a_float_never_becomes_points():
    content, _ = read_rubric(SMALL)
    content["groups"][0]["criteria"][0]["max_points"] = 2.5
    with pytest.raises(TypeError):
        parse(content)
    assert check_content(content)[1] == ["groups[0].criteria[0].max_points: phải là số"]


def test_content_that_was_checked_is_the_same_when_checked_again():
    for content in read_catalogue():
        assert check_content(content) == (content, [])


# ── What is named ──

WRONG = {
    "an unknown field of a criterion": (
        small("threshold_pct", "treshold_pct"),
        "groups[0].criteria[0]: trường lạ 'treshold_pct'",
    ),
    "an unknown field of a group": (
        small("  criteria:", "  tieu_chi: x\n  criteria:"),
        "groups[0]: trường lạ 'tieu_chi'",
    ),
    "an unknown field of the rubric": (small("cycle:", "colour: xanh\ncycle:"), "bộ tiêu chí: trường lạ 'colour'"),
    "an unknown field of a level": (
        small("scoring: boolean", "scoring: options\n    levels: [{label_vi: Tốt, points: 1, mau: x}]"),
        "groups[0].criteria[1].levels[0]: trường lạ 'mau'",
    ),
    "an unknown field of a band": (
        small("scoring: boolean", "scoring: bands\n    bands: [{from_pct: 1, points: 1, exlusive: true}]"),
        "groups[0].criteria[1].bands[0]: trường lạ 'exlusive'",
    ),
    "an unknown field of a sub-criterion": (
        small("    scoring: boolean", "    children: [{code: '1.2.1', name_vi: Con, max: 1}]"),
        "groups[0].criteria[1].children[0]: trường lạ 'max'",
    ),
    "a merge key": (small("cycle:", "<<: {a: b}\ncycle:"), "bộ tiêu chí: trường lạ '<<'"),
    "a missing code": (small("- code: '1.2'\n    name_vi", "- name_vi"), "groups[0].criteria[1]: thiếu trường 'code'"),
    "a missing name": (small("    name_vi: Tỷ lệ\n"), "groups[0].criteria[0]: thiếu trường 'name_vi'"),
    "a missing id": (small("id: mau-nho\n"), "bộ tiêu chí: thiếu trường 'id'"),
    "a missing schema": (small("schema: cchc-rubric/1\n"), "bộ tiêu chí: thiếu trường 'schema'"),
    "a missing mark of officiality": (small("official: false\n"), "bộ tiêu chí: thiếu trường 'official'"),
    "another schema": (small("rubric/1", "rubric/2"), "schema: phải là một trong các giá trị cchc-rubric/1"),
    "a field without a value": (small("98.10"), "groups[0].criteria[0].threshold_pct: không có giá trị"),
    "a field with null": (small("98.10", "null"), "groups[0].criteria[0].threshold_pct: không có giá trị"),
    "a field with an empty text": (small("Mẫu nhỏ", "''"), "name_vi: không có giá trị"),
    "a value without a field": (
        small("official:", "'': 5\nofficial:"),
        "Dòng 6: có giá trị không có tên trường trong bộ tiêu chí.",
    ),
    "a value with nothing before its colon": (small("official:", ": 5\nofficial:"), "Dòng 6: không đúng cú pháp YAML."),
    "a criterion that is a word": (
        SMALL + "  - Có hay không\n",
        "groups[0].criteria[2]: phải gồm các trường có tên",
    ),
    "a list that is none": (small("[xa]", "xa"), "applies_to: phải là danh sách"),
    "an unknown class of units": (
        small("[xa]", "[xã]"),
        "applies_to[0]: phải là một trong các giá trị so, xa, huyen, tinh, bo, phong_chuyen_mon_huyen",
    ),
    "an unknown kind": (
        small("scoring: boolean", "scoring: yesno"),
        "groups[0].criteria[1].scoring: phải là một trong các giá trị "
        "options, boolean, ratio, bands, penalty, bonus, survey, deduction",
    ),
    "an unknown cycle": (
        small("cycle: inspection", "cycle: month"),
        "cycle: phải là một trong các giá trị inspection, year, realtime",
    ),
    "an unknown source": (
        small("scoring: boolean", "scoring: boolean\n    source: neighbour"),
        "groups[0].criteria[1].source: phải là một trong các giá trị self, team, appraised, survey",
    ),
    "words for a number": (small("2.50", "hai"), "groups[0].criteria[0].max_points: phải là số"),
    "a number with a comma": (small("2.50", "'2,5'"), "groups[0].criteria[0].max_points: phải là số"),
    "a number in powers of ten": (small("2.50", "1e3"), "groups[0].criteria[0].max_points: phải là số"),
    "no number at all": (small("2.50", ".nan"), "groups[0].criteria[0].max_points: phải là số"),
    "an endless number": (small("2.50", "9" * 400), "groups[0].criteria[0].max_points: số quá dài"),
    "a truth value for a number": (small("2.50", "true"), "groups[0].criteria[0].max_points: phải là số"),
    "a word for a truth value": (small("official: false", "official: no"), "official: phải là true hoặc false"),
    "a list for a word": (small("Mẫu nhỏ", "[a]"), "name_vi: phải là chữ"),
    "a truth value for a word": (small("Mẫu nhỏ", "true"), "name_vi: phải là chữ"),
    "an id with capitals": (small("mau-nho", "Mẫu Nhỏ"), "id: chỉ gồm chữ thường không dấu, số và dấu . _ -"),
    "a code with a space": (
        small("'1.1'", "'1. 1'"),
        "groups[0].criteria[0].code: mã chỉ gồm chữ, số và dấu . - / (tối đa 40 ký tự)",
    ),
    "a control character": (small("Mẫu nhỏ", '"Mẫu\\a"'), "name_vi: có ký tự điều khiển"),
    "a very long name": (small("Mẫu nhỏ", "dài " * 70), "name_vi: dài quá 250 ký tự"),
    "a field of another kind": (
        small("scoring: boolean", "scoring: boolean\n    floor_pct: 70"),
        "groups[0].criteria[1]: trường 'floor_pct' không dùng cho cách chấm này",
    ),
    "a field of a kind without a kind": (
        small("    scoring: ratio\n"),
        "groups[0].criteria[0]: trường 'threshold_pct' không dùng cho cách chấm này",
    ),
    "a kind beside sub-criteria": (
        small("scoring: boolean", "scoring: boolean\n    children: [{code: '1.2.1', name_vi: Con}]"),
        "groups[0].criteria[1]: trường 'scoring' không dùng cho tiêu chí có tiêu chí thành phần",
    ),
    "a criterion code twice": (small("'1.2'", "'1.1'"), "Mã tiêu chí '1.1' có hai lần."),
    "a group code twice": (SMALL + "- code: '1'\n  name_vi: Lĩnh vực\n", "Mã lĩnh vực '1' có hai lần."),
    "a field twice": (
        small("    scoring: ratio\n", "    scoring: ratio\n    max_points: 3\n"),
        "Dòng 17: trường 'max_points' ghi hai lần trong groups[0].criteria[0].",
    ),
    "an alias": (small("sources: [hư cấu]", "sources: &a [*a]"), "Dòng 8: không nhận ký hiệu & và * của YAML."),
    "an anchor alone": (small("[xa]", "&a [xa]"), "Dòng 4: không nhận ký hiệu & và * của YAML."),
    "a tag": (small("Mẫu nhỏ", "!!python/name:os.system"), "Dòng 3: không nhận nhãn kiểu dữ liệu của YAML."),
    "two documents": (SMALL + "---\n" + SMALL, "Tệp có nhiều hơn một tài liệu YAML."),
    "deep nesting": (small("[xa]", "[" * 5000 + "]" * 5000), "Dòng 4: lồng nhau quá sâu."),
    "no YAML": (small("[xa]", "[xa"), "Dòng 5: không đúng cú pháp YAML."),
    "a tab for an indent": (small("  name_vi: Lĩnh vực", "\tname_vi: Lĩnh vực"), "Dòng 11: không đúng cú pháp YAML."),
    "a character that no text has": (small("Mẫu", "\x00Mẫu"), "Tệp có ký tự không đọc được."),
    "half a character": (small("Mẫu", "\ud800"), "Tệp có ký tự không đọc được."),
    "more than 2 MB": (SMALL + "#" * 2**21, "Tệp lớn hơn 2 MB."),
    "nothing": ("", "bộ tiêu chí: phải gồm các trường có tên"),
    "a list of rubrics": ("- a\n- b\n", "bộ tiêu chí: phải gồm các trường có tên"),
}  # fmt: skip


@pytest.mark.parametrize(("text", "problem"), WRONG.values(), ids=WRONG.keys())
def test_what_is_wrong_is_named_with_its_place(text, problem):
    _, problems = read_rubric(text)
    assert problems == [problem]


def test_every_problem_is_named_at_once():
    text = SMALL.replace("threshold_pct", "treshold_pct").replace("scoring: boolean", "scoring: yesno")
    _, problems = read_rubric(text.replace("official: false\n", ""))
    assert [problem.facts["place"] for problem in problems] == [
        "bộ tiêu chí", "groups[0].criteria[0]", "groups[0].criteria[1].scoring",
    ]  # fmt: skip


def test_a_bomb_of_aliases_is_refused_at_once():
    pairs = zip("abcdefghijklmnop", "bcdefghijklmnopq", strict=True)
    bomb = "a: &a [x, x]\n" + "".join(f"{later}: &{later} [*{earlier}, *{earlier}]\n" for earlier, later in pairs)
    assert read_rubric(bomb)[1] == ["Dòng 1: không nhận ký hiệu & và * của YAML."]


# ── Writing ──

WORDS = st.text(st.characters(blacklist_categories=["Cs", "Cc"]), min_size=1).map(
    lambda words: unicodedata.normalize("NFC", words).strip()
).filter(bool)  # fmt: skip
NUMBERS = st.decimals(-(10**6), 10**6, places=4)


@given(name=WORDS, notes=st.lists(WORDS, max_size=3), points=NUMBERS, label=WORDS)
def test_whatever_is_written_is_read_back_the_same(name, notes, points, label):
    content, _ = read_rubric(SMALL)
    content["name_vi"] = name[:250].strip()
    criteria = content["groups"][0]["criteria"]
    criteria[1] = {
        "code": "1.2", "name_vi": name, "max_points": points, "scoring": "options",
        "levels": [{"label_vi": label, "points": points}],
    }  # fmt: skip
    checked, problems = check_content(content | {"notes": notes})
    assert problems == []
    assert read_rubric(write_rubric(checked)) == (checked, [])
