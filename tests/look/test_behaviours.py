"""The behaviours of the pages in a real browser, under the product's own content policy."""

import shutil
import threading

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, sync_playwright
from werkzeug.serving import make_server

from inspect_app.access import HEADERS
from tests.look.conftest import make_app, render_sample

QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture(scope="module")
def address():
    app = make_app()
    app.config["WTF_CSRF_ENABLED"] = False
    app.after_request(lambda response: response.headers.update(HEADERS) or response)
    app.add_url_rule(
        "/branch", view_func=lambda: '<ul class="tree"><li><a href="/z">UBND xã Ba Vì</a></li></ul>', endpoint="branch"
    )
    app.add_url_rule(
        "/job", view_func=lambda: {"state": "running", "percent": 75, "words": "900 trên 1.200 dòng"}, endpoint="job"
    )
    app.add_url_rule("/search", view_func=lambda: "<title>Tìm</title><h1>Tìm</h1>", endpoint="search")
    app.add_url_rule("/sample/sent", view_func=render_sample, endpoint="sent", methods=["POST"])
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()


@pytest.fixture(scope="module")
def browser():
    with sync_playwright() as play:
        chromium = play.chromium.launch(executable_path=shutil.which("chromium") or None, args=QUIET)
        yield chromium
        chromium.close()


@pytest.fixture
def page(browser, address):
    context = browser.new_context(base_url=address, locale="vi-VN")
    opened = context.new_page()
    complaints: list[str] = []
    opened.on("pageerror", lambda error: complaints.append(str(error)))
    opened.on("console", lambda line: complaints.append(line.text) if line.type == "error" else None)
    opened.goto("/sample")
    opened.wait_for_selector('.combobox [role="combobox"]')
    yield opened
    context.close()
    assert not complaints


def test_a_unit_is_found_by_its_name_without_marks(page: Page):
    page.fill("#unit", "van mieu")
    page.keyboard.press("Enter")
    assert page.input_value("#unit") == "UBND phường Văn Miếu - Quốc Tử Giám"
    assert page.eval_on_selector('select[name="unit"]', "node => node.value") == "2"


def test_a_unit_that_is_not_there_says_so_and_chooses_nothing(page: Page):
    page.fill("#unit", "zzz")
    assert page.inner_text("#unit-danh-sach") == "Không có kết quả"
    page.keyboard.press("Escape")
    page.keyboard.press("Tab")
    assert page.input_value("#unit") == ""


def test_several_people_are_chosen_and_taken_off_again(page: Page):
    for typed in ("duc", "lan"):
        page.fill("#people", typed)
        page.keyboard.press("ArrowDown")
        page.keyboard.press("Enter")
    chosen = page.locator(".combobox-chosen button")
    assert chosen.count() == 2
    chosen.first.click()
    left = page.eval_on_selector_all('select[name="people"] option:checked', "nodes => nodes.map(n => n.value)")
    assert left == ["2"]


def test_what_was_typed_comes_back_after_the_page_was_closed(page: Page):
    page.fill("#title", "Kiểm tra UBND xã Ba Vì")
    page.fill("#secret", "khong-duoc-giu-lai")
    page.check("#way-1")
    page.reload()
    page.wait_for_selector(".draft-note")
    assert page.input_value("#title") == "Kiểm tra UBND xã Ba Vì"
    assert page.is_checked("#way-1")
    assert page.input_value("#secret") == ""
    page.click(".draft-note button")
    assert page.input_value("#title") == ""
    page.reload()
    page.wait_for_selector('.combobox [role="combobox"]')
    assert page.locator(".draft-note").count() == 0


def test_a_draft_goes_once_what_was_sent_has_arrived(page: Page):
    page.fill("#title", "Một")
    page.fill("#day", "14/09/2026")
    page.check("#way-1")
    page.fill("#notes-0", "Ghi")
    with page.expect_navigation():
        page.click('#xep-lich button[type="submit"]')
    page.wait_for_selector('.combobox [role="combobox"]')
    assert page.locator(".error-summary, .draft-note").count() == 0
    assert page.evaluate("Object.keys(localStorage).filter(key => key.startsWith('draft:')).length") == 0


def test_a_refused_form_takes_the_focus_to_its_errors_and_keeps_the_draft(page: Page):
    page.fill("#reason", "quá dài")
    with page.expect_navigation():
        page.click('#xep-lich button[type="submit"]')
    page.wait_for_function("document.activeElement.classList.contains('error-summary')")
    assert page.input_value("#reason") == "quá dài"
    assert page.evaluate("Object.keys(localStorage).some(key => key.startsWith('draft:'))")
    page.click('.error-summary a[href="#way"]')
    assert page.evaluate("document.activeElement.id") == "way-0"


def test_a_draft_goes_once_the_form_was_put_right_on_the_page_of_its_refusal(page: Page):
    page.fill("#title", "150")
    for right in (False, True):
        page.eval_on_selector("#xep-lich", "form => form.setAttribute('action', '/sample/sent')")
        if right:
            page.fill("#title", "60")
            page.fill("#day", "14/09/2026")
            page.check("#way-1")
            page.fill("#notes-0", "Ghi")
        with page.expect_navigation():
            page.click('#xep-lich button[type="submit"]')
        page.wait_for_selector('.combobox [role="combobox"]')
        assert page.locator(".error-summary").count() == (0 if right else 1)
    page.goto("/sample")
    page.wait_for_selector('.combobox [role="combobox"]')
    assert page.locator(".draft-note").count() == 0
    assert page.input_value("#title") == ""


def test_a_second_click_sends_nothing(page: Page):
    page.evaluate("""() => {
        window.sendings = 0;
        document.querySelector('#xep-lich').addEventListener('submit', (event) => {
            window.sendings += 1;
            event.preventDefault();
        });
    }""")
    page.click('#xep-lich button[type="submit"]')
    page.click('#xep-lich button[type="submit"]')
    assert page.evaluate("window.sendings") == 1


def test_issuing_asks_over_the_page_and_can_be_left(page: Page):
    page.click("[data-open-dialog]")
    assert page.locator("#ban-hanh:modal").count() == 1
    page.click("#ban-hanh [data-close-dialog]")
    assert page.locator("#ban-hanh[open]").count() == 0
    assert page.evaluate("document.activeElement.hasAttribute('data-open-dialog')")


def test_without_script_issuing_and_choosing_still_work(browser, address):
    context = browser.new_context(base_url=address, java_script_enabled=False)
    bare = context.new_page()
    bare.goto("/sample")
    assert bare.is_visible("#ban-hanh")
    bare.select_option("select#unit", "1")
    context.close()


def test_a_branch_is_fetched_when_it_is_opened(page: Page):
    page.click(".tree summary >> nth=0")
    page.wait_for_selector(".tree >> text=UBND xã Ba Vì")


def test_a_long_job_shows_how_far_it_has_come(page: Page):
    page.wait_for_selector("text=900 trên 1.200 dòng")
    assert page.get_attribute(".job .bar .ok", "width") == "75%"


def test_choosing_a_filter_asks_at_once_and_leaves_empty_ones_out_of_the_address(page: Page):
    with page.expect_navigation():
        page.select_option(".filters select", "open")
    assert page.url.endswith("/sample?sort=due&status=open")


def test_the_slash_leads_to_the_search_but_not_while_typing(page: Page):
    page.focus("#title")
    page.keyboard.type("a/b")
    assert page.input_value("#title") == "a/b"
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.name") == "q"


def test_a_password_is_shown_on_wish(page: Page):
    page.check("#hien")
    assert page.get_attribute("#secret", "type") == "text"


def test_chosen_files_are_named_in_the_words_of_the_product(page: Page):
    assert page.inner_text(".file-names") == "Chưa chọn tệp nào"
    page.set_input_files("#paper", {"name": "bien-ban.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-"})
    assert page.inner_text(".file-names") == "bien-ban.pdf"


def test_a_wide_row_of_views_begins_at_the_one_that_is_open(page: Page):
    row = page.locator(".segments").first
    assert row.evaluate("""async (row) => {
        row.style.width = "6rem";
        row.style.overflowX = "auto";
        row.innerHTML = '<a>Một</a><a>Hai</a><a>Ba</a><a>Bốn</a><a aria-current="page">Năm</a>';
        const main = document.querySelector('script[type=module]').src;
        const { bind } = await import(main.replace('main.js', 'behaviours/show-current.js'));
        bind(row);
        return row.scrollLeft > 0;
    }""")


@pytest.mark.parametrize("script", [True, False], ids=["script", "no script"])
def test_on_a_phone_filters_and_second_acts_fold_away(browser, address, script):
    context = browser.new_context(
        base_url=address, locale="vi-VN", viewport={"width": 390, "height": 844}, java_script_enabled=script
    )
    page = context.new_page()
    page.goto("/sample?status=open")
    assert page.locator(".filters #q").is_visible()
    assert not page.locator(".filters select").is_visible()
    page.click("text=Lọc (1)")
    assert page.locator(".filters select").is_visible()
    export = page.locator(".page-head .more a").first
    assert not export.is_visible()
    page.click(".page-head summary")
    assert export.is_visible()
    page.set_viewport_size({"width": 1024, "height": 768})
    assert export.is_visible()
    assert not page.locator(".page-head summary").is_visible()
    context.close()


def test_the_page_never_scrolls_sideways(page: Page):
    for width in (320, 390, 640, 768, 1024, 1281, 1366, 1440):
        page.set_viewport_size({"width": width, "height": 800})
        assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0, width


@pytest.mark.parametrize("path", ["/sample", "/error/409", "/help"])
def test_nothing_stands_in_the_way_of_a_reader(browser, address, path):
    reader = browser.new_page(base_url=address, viewport={"width": 1440, "height": 900})
    reader.goto(path)
    reader.wait_for_load_state("networkidle")
    # The policy of the pages lets no foreign script in, so the checker comes in through the browser itself.
    report = Axe().run(reader)
    reader.close()
    assert report.response["violations"] == [], report.generate_report()
