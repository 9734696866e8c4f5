import base64
import io
import os
import re
import signal
import subprocess
import sys
import threading
import time
from contextlib import suppress
from pathlib import Path

import pytest
from pypdf import PdfReader

from inspect_app.documents import pdf as pdf_module
from inspect_app.documents.confined import Leash, TookTooLong, run_confined
from inspect_app.documents.pdf import PdfFailed, PlutoPrint, Wkhtmltopdf, breakable, choose_engine
from tests.documents.sample import MINUTES, PROSE, VIETNAMESE, paper, picture


def pages_of(content):
    return PdfReader(io.BytesIO(content)).pages


def words_of(content):
    # Only blanks and line ends part words here: with tabs between them, a search for two words would fail.
    return re.sub("[ \n]+", " ", " ".join(page.extract_text() for page in pages_of(content)))


def embedded_fonts(content):
    """Name of each font in a PDF with whether its outlines are inside."""
    found = {}
    for page in pages_of(content):
        for reference in page["/Resources"]["/Font"].values():
            font = reference.get_object()
            part = font["/DescendantFonts"][0].get_object() if "/DescendantFonts" in font else font
            descriptor = part["/FontDescriptor"].get_object()
            found[str(font["/BaseFont"])] = any(f"/FontFile{kind}" in descriptor for kind in ("", "2", "3"))
    return found


def test_every_vietnamese_letter_is_searchable_and_drawn_with_the_embedded_face(engine_in_every_font):
    letters = " ".join(VIETNAMESE)
    content = engine_in_every_font.render(paper(texts=(letters, "Kết luận kiểm tra đợt 1.")), "Thử")
    words = words_of(content)
    assert not [letter for letter in VIETNAMESE if letter not in words]
    assert "Kết luận kiểm tra đợt 1." in words
    assert "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM" in words
    fonts = embedded_fonts(content)
    assert all(fonts.values())
    ours = (engine_in_every_font.fonts.name, "InspectPaper")
    assert [name for name in fonts if not name.lstrip("/").split("+")[-1].startswith(ours)] == []


def test_pages_are_numbered_from_the_second_on_in_the_top_margin(engine):
    content = engine.render(paper(texts=(PROSE,) * 40), "Thông báo số 05/TB-SNV")
    pages = pages_of(content)
    assert len(pages) >= 3
    for number, page in enumerate(pages, start=1):
        found = []

        def at(text, scale, place, _font, _size, found=found):
            across, up = (place[4] * scale[axis] + place[5] * scale[2 + axis] + scale[4 + axis] for axis in (0, 1))
            if text.strip() and up > 842 - 50:
                found.append((text.strip(), round(across)))

        page.extract_text(visitor_text=at)
        assert [text for text, _ in found] == ([] if number == 1 else [str(number)])
        assert all(290 < across < 330 for _, across in found)
        assert [round(float(side)) for side in page.mediabox[2:]] in ([595, 842], [596, 842])


def test_the_file_carries_title_and_language(engine):
    reader = PdfReader(io.BytesIO(engine.render(paper(), "Thông báo số 05/TB-SNV")))
    assert reader.metadata.title == "Thông báo số 05/TB-SNV"
    assert reader.trailer["/Root"]["/Lang"] == "vi-VN"
    assert reader.trailer["/Root"]["/ViewerPreferences"]["/DisplayDocTitle"]


def test_text_has_the_size_that_the_decree_wants(engine):
    sizes = set()

    def at(text, scale, place, _font, size):
        if text.strip():
            sizes.add(round(size * abs(place[3]) * abs(scale[3]), 1))

    pages_of(engine.render(paper(MINUTES), "Thử"))[0].extract_text(visitor_text=at)
    assert min(sizes) >= 11.9
    assert max(sizes) <= 14.1


def test_a_word_wider_than_the_page_does_not_shrink_the_page(engine):
    def size_of_prose(texts):
        found = []

        def at(text, scale, place, _font, size):
            if text.strip():
                found.append(round(size * abs(place[3]) * abs(scale[3]), 1))

        pages_of(engine.render(paper(MINUTES, texts=texts), "Thử"))[0].extract_text(visitor_text=at)
        return max(found)

    assert size_of_prose((PROSE,)) == size_of_prose((PROSE, "https://" + "x&" * 400))


def test_places_to_break_touch_only_long_words_in_the_text():
    short = "<p>Một câu bình thường &amp; ngắn.</p>"
    assert breakable(short) == short
    long = f'<style>{"a" * 60}</style><img src="data:{"b" * 60}"><p>{"&amp;" * 45}</p>'
    assert breakable(long) == long.replace("&amp;" * 45, ("&amp;" * 20 + "<wbr>") * 2 + "&amp;" * 5)


def inlined(content):
    return "data:image/jpeg;base64," + base64.b64encode(content).decode()


def test_photos_are_drawn_whole_and_tables_go_on_over_pages(engine):
    photos = [{"src": inlined(picture(1200 + number, 960)), "caption": f"Ảnh số {number}"} for number in range(1, 8)]
    content = engine.render(paper(rows=60, photos=photos, appendix=True, demo=True), "Thử")
    pages = pages_of(content)
    # A photo that is cut by the end of a page is drawn on two.
    assert sum(len(page.images) for page in pages) == 7
    for number in range(1, 8):
        assert f"Ảnh số {number}" in words_of(content)
    assert "PHỤ LỤC I" in pages[-1].extract_text().upper().replace("\t", " ")
    assert "Không phải văn bản chính thức" in words_of(content)


TRAPS = {
    "style sheet": '<link rel="stylesheet" href="{there}/style.css">',
    "import": "<style>@import url({there}/import.css);</style>",
    "background": '<style>body {{ background: url("{there}/back.png"); }}</style>',
    "font": "<style>@font-face {{ font-family: x; src: url({there}/x.ttf); }} p {{ font-family: x; }}</style><p>x</p>",
    "picture": '<img src="{there}/picture.png">',
    "redirect": '<img src="{there}/redirect.png">',
    "frame": '<iframe src="{there}/frame"></iframe>',
    "object": '<object data="{there}/object"></object><embed src="{there}/embed">',
    "refresh": '<meta http-equiv="refresh" content="0; url={there}/refresh">',
    "script": '<script>var x = new XMLHttpRequest(); x.open("GET", "{there}/script", false); x.send();</script>',
    "script file": '<script src="{there}/script.js"></script>',
    "drawing": '<svg xmlns:xlink="http://www.w3.org/1999/xlink"><image xlink:href="{there}/svg.png" width="9"/></svg>',
    "base": '<base href="{there}/"><img src="relative.png">',
    "options": '<meta name="pdfkit-cover" content="{there}/cover"><meta name="pdfkit-proxy" content="None">',
}


@pytest.mark.parametrize("name", sorted(TRAPS))
def test_nothing_is_fetched_from_the_network(engine, trap, name):
    bait = TRAPS[name].format(there=trap.address)
    for place in ("</head>", "</body>"):
        with suppress(PdfFailed):
            engine.render(paper(MINUTES).replace(place, bait + place), "x")
    assert trap.hits == []


@pytest.mark.parametrize(
    "page",
    [
        '<iframe src="file://{path}"></iframe>',
        '<object data="file://{path}"></object>',
        '<img src="file://{path}">',
        '<iframe src="{path}"></iframe>',
        '<link rel="stylesheet" href="file://{path}">',
        '<meta http-equiv="refresh" content="0; url=file://{path}">',
        '<meta name="pdfkit-enable-local-file-access" content=""><iframe src="file://{path}"></iframe>',
    ],
)
def test_no_file_of_the_machine_gets_into_a_paper(engine, tmp_path, page):
    secret = tmp_path / "secret.html"
    secret.write_text("<p>CHUYENBIMAT</p>")
    try:
        content = engine.render(paper(MINUTES).replace("</body>", page.format(path=secret) + "</body>"), "x")
    except PdfFailed as failed:
        assert failed.status == 500
    else:
        assert "CHUYENBIMAT" not in words_of(content)


def test_wkhtmltopdf_is_called_with_every_safety_and_a_prefix_that_nobody_can_guess(fonts, monkeypatch):
    prefixes = []
    real = pdf_module.pdfkit.configuration

    def configured(**options):
        prefixes.append(options["meta_tag_prefix"])
        return real(**options)

    monkeypatch.setattr(pdf_module.pdfkit, "configuration", configured)
    engine = Wkhtmltopdf("/bin/true", fonts)
    page = '<meta name="pdfkit-enable-local-file-access" content=""><meta name="pdfkit-cover" content="/etc/passwd">'
    for _ in range(2):
        argv = engine._command(page, Path("out.pdf"), patched=False)
        assert {"--disable-local-file-access", "--disable-javascript"} <= set(argv)
        assert argv[argv.index("--proxy") + 1] == "http://127.0.0.1:9"
        assert "--enable-local-file-access" not in argv and "cover" not in argv
        assert argv[-2:] == ["-", "out.pdf"]
    assert len(set(prefixes)) == 2
    assert all(len(prefix) > 30 for prefix in prefixes)


def test_a_failing_engine_is_told_plainly_with_its_own_words_for_the_log(fonts, program):
    with pytest.raises(PdfFailed) as failed:
        Wkhtmltopdf(program("echo ProtocolUnknownError >&2; exit 1"), fonts).render(paper(), "x")
    assert "Không tạo được PDF" in str(failed.value)
    assert failed.value.detail == "exit 1: ProtocolUnknownError"


def test_an_engine_that_writes_nothing_has_failed(fonts, program):
    with pytest.raises(PdfFailed):
        Wkhtmltopdf(program("cat > /dev/null"), fonts).render(paper(), "x")


def alive(pid):
    try:
        return Path(f"/proc/{pid}/stat").read_text().split()[2] not in "ZX"
    except FileNotFoundError:
        return False


def ends(pid):
    """Whether a process is gone, given a while to go."""
    for _ in range(200):
        if not alive(pid):
            return True
        time.sleep(0.02)
    return False


HANGING = "trap '' TERM; sleep 600 & echo $! $$ > {pids}; wait"


def test_an_engine_that_takes_too_long_is_ended_with_all_that_it_started(fonts, program, tmp_path):
    pids = tmp_path / "pids"
    # The version is asked first, outside the leash, and must not hang here.
    script = f'[ "$1" = --version ] && exit 0\n{HANGING.format(pids=pids)}'
    with pytest.raises(PdfFailed) as failed:
        Wkhtmltopdf(program(script), fonts, leash=Leash(wall_seconds=1)).render(paper(), "x")
    assert "quá 1 giây" in str(failed.value)
    assert all(ends(int(pid)) for pid in pids.read_text().split())


class JobTimedOut(Exception):
    """What a queue raises in the middle of a job."""


def test_the_time_out_of_a_job_ends_the_engine_too(program, tmp_path):
    pids = tmp_path / "pids"

    def ring(*_arguments):
        raise JobTimedOut

    previous = signal.signal(signal.SIGUSR1, ring)
    timer = threading.Timer(1, os.kill, (os.getpid(), signal.SIGUSR1))
    timer.start()
    try:
        with pytest.raises(JobTimedOut):
            argv = [program(HANGING.format(pids=pids))]
            run_confined(argv, folder=tmp_path, environ={"PATH": os.defpath}, given=b"", leash=Leash())
    finally:
        timer.cancel()
        signal.signal(signal.SIGUSR1, previous)
    assert all(ends(int(pid)) for pid in pids.read_text().split())


def test_an_engine_ends_when_its_worker_is_killed(program, tmp_path):
    pid = tmp_path / "pid"
    argv = [program(f"echo $$ > {pid}; exec sleep 600")]
    work = (
        "from pathlib import Path; from inspect_app.documents.confined import *; "
        f"run_confined({argv!r}, folder=Path({str(tmp_path)!r}), environ={{'PATH': '/usr/bin:/bin'}}, given=b'', "
        "leash=Leash())"
    )
    worker = subprocess.Popen([sys.executable, "-c", work], cwd=Path(__file__).resolve().parents[2])
    for _ in range(3000):
        if pid.is_file() and pid.read_text().strip():
            break
        time.sleep(0.02)
    worker.kill()
    worker.wait()
    assert ends(int(pid.read_text()))


def test_an_engine_may_not_use_more_than_its_leash(program, tmp_path):
    environ = {"PATH": os.defpath}
    leash = Leash(file_bytes=1 << 20)
    writing = program(f"head -c 3000000 /dev/zero > {tmp_path}/large")
    assert run_confined([writing], folder=tmp_path, environ=environ, given=b"", leash=leash).code != 0
    assert (tmp_path / "large").stat().st_size <= 1 << 20
    hungry = [sys.executable, "-c", "x = bytearray(1 << 30)"]
    leash = Leash(memory_bytes=256 << 20)
    assert run_confined(hungry, folder=tmp_path, environ=environ, given=b"", leash=leash).code != 0
    busy = [sys.executable, "-c", "while True: pass"]
    with pytest.raises(TookTooLong):
        run_confined(busy, folder=tmp_path, environ=environ, given=b"", leash=Leash(wall_seconds=0.5))
    assert run_confined(busy, folder=tmp_path, environ=environ, given=b"", leash=Leash(processor_seconds=1)).code < 0


def test_an_engine_sees_nothing_of_the_workers_environment(program, tmp_path, monkeypatch):
    monkeypatch.setenv("INSPECT_SECRET", "rất bí mật")
    argv = [program(f"env > {tmp_path}/seen")]
    run_confined(argv, folder=tmp_path, environ={"PATH": os.defpath}, given=b"", leash=Leash())
    assert "INSPECT_SECRET" not in (tmp_path / "seen").read_text()


def test_the_engine_is_chosen_by_the_setting_and_by_what_is_installed(fonts_folder, monkeypatch):
    found = {"wkhtmltopdf": "/usr/bin/wkhtmltopdf"}
    monkeypatch.setattr(pdf_module.shutil, "which", found.get)
    monkeypatch.setattr(pdf_module.importlib.util, "find_spec", lambda name: name)
    assert isinstance(choose_engine("auto", fonts_folder), Wkhtmltopdf)
    assert isinstance(choose_engine("plutoprint", fonts_folder), PlutoPrint)
    assert choose_engine("none", fonts_folder) is None
    found.clear()
    assert isinstance(choose_engine("auto", fonts_folder), PlutoPrint)
    assert choose_engine("wkhtmltopdf", fonts_folder) is None
    monkeypatch.setattr(pdf_module.importlib.util, "find_spec", lambda _name: None)
    assert choose_engine("auto", fonts_folder) is None
    with pytest.raises(ValueError, match="PDF_ENGINE"):
        choose_engine("weasyprint", fonts_folder)
