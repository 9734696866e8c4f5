"""One inspection from the plan to the last closed task, each step by the person whose step it is."""

import io
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from openpyxl import load_workbook
from PIL import Image

from tests.journeys.person import TABLET, Person
from tests.serve.installation import wait_until

pytestmark = pytest.mark.network

PASSWORD = "mười lăm ký tự trở lên"


class Story:
    """The people of the story and what they work on."""

    def __init__(self, person: Callable[..., Person]) -> None:
        self.sit_down = person
        self.office = person("van-phong")
        self.authority = person("nguoi-ky")
        self.lead = person("truong-doan", TABLET)
        self.verifier = person("xac-nhan")
        self.committee = person("ban-chi-dao")
        self.admin = person("quan-tri")
        self.outsider = person("thu-truong")
        self.head = self.lead
        self.unit = self.plan = self.inspection = self.criterion = self.finding = self.task = ""

    def refuses(self, who: Person, path: str, **typed: str) -> None:
        """A step that is not this person's is refused, also to a form sent past the pages."""
        assert who.post(path, **typed) in {403, 404}, f"{path} was not refused."


def test_the_main_job_from_the_plan_to_the_last_closed_task(person: Callable[..., Person], tmp_path: Path) -> None:
    story, proof = Story(person), photo(tmp_path)
    plan_the_year(story)
    schedule(story)
    answer_everything(story, proof)
    finish_and_sign(story)
    reply_and_appraise(story)
    conclude(story)
    remedy(story, proof)
    verify(story, proof)
    watch(story)


def photo(folder: Path) -> Path:
    file = folder / "minh-chung.jpg"
    Image.new("RGB", (640, 480), (90, 140, 150)).save(file, "JPEG")
    return file


def plan_the_year(story: Story) -> None:
    office, authority = story.office, story.authority
    office.go("/plans").follow("2026", within="main")
    story.plan = office.path
    office.sees("Đến 31/12/2026 dự kiến", "Cơ quan ngành dọc")
    office.follow("Tự chọn đơn vị")
    story.refuses(authority, f"{story.plan}/lines", units="", seen="1")
    row = office.page.locator("tr:has(input[name=units])").filter(has_text="UBND xã").first
    story.unit = row.get_by_role("link").first.inner_text()
    assert row.get_by_role("listitem").count(), "A unit is offered without a reason."
    row.get_by_role("checkbox").check()
    office.press("Đưa các đơn vị đã chọn vào đề xuất").sees(story.unit)
    story.refuses(office, f"{story.plan}/approval", number="1/QĐ-UBND", day="14/09/2026")
    office.press("Trình phê duyệt").sees("Chờ người có thẩm quyền phê duyệt")
    authority.go(story.plan).tap("Phê duyệt").fill("#phe-duyet", number="1999/QĐ-UBND", day="14/09/2026")
    authority.press("Phê duyệt", within="#phe-duyet").sees("1999/QĐ-UBND")


def schedule(story: Story) -> None:
    office, lead = story.office, story.lead
    office.go(story.plan).narrow(q=story.unit).follow(story.unit, exact=True)
    story.inspection = office.path
    office.follow("Xếp lịch", within="main")
    office.fill(starts_on="14/09/2026", ends_on="15/09/2026").choose("lead", "Trần Minh Đức")
    office.choose("members", "Bùi Thanh Sơn").choose("rubric", "Kiểm tra").press("Xếp lịch", within="main form")
    office.sees("Trần Minh Đức đã có lịch kiểm tra")
    office.fill(starts_on="16/09/2026", ends_on="17/09/2026").press("Xếp lịch", within="main form")
    office.sees("Đã xếp lịch").follow("Ghi văn bản và thông báo")
    story.refuses(lead, f"{story.inspection}/notification", decision_number="1/QĐ")
    office.fill(decision_number="2001/QĐ-UBND", decision_day="14/09/2026", notice_number="2002/SNV-CCHC")
    office.fill(notice_day="14/09/2026").press("Ghi văn bản và thông báo").sees("Đã thông báo")


def answer_everything(story: Story, proof: Path) -> None:
    """Field work on the tablet: every criterion, a note, a photo, one that does not apply, one finding."""
    lead = story.lead
    lead.go(story.inspection).follow("Bắt đầu kiểm tra", within="main").sees("Sớm hơn lịch")
    lead.fill(reason="Đơn vị đề nghị làm sớm").press("Bắt đầu kiểm tra", within="main form")
    lead.go("/tablet")
    card = lead.page.locator("section.card").filter(has_text=story.unit)
    card.get_by_role("link", name="Mở bảng kiểm tra").click()
    lead.page.locator(".sync-chip").wait_for()
    lead.look()
    first, *others = range(1, lead.page.locator(".section-index li").count() + 1)
    for number in (first, *others):
        lead.page.locator(f"#phan-{number}").click()
        lead.page.locator(f"#phan-{number}[aria-current=page]").wait_for()
        for code in codes_shown(lead):
            answer(lead, code, well=not (number == first and code == codes_shown(lead)[0]))
    lead.page.locator(f"#phan-{first}").click()
    story.criterion = codes_shown(lead)[0]
    take_note(lead, story.criterion, proof)
    raise_finding(lead, story.criterion)
    leave_out(lead)
    lead.sees("Đã trả lời hết", "Không còn gì chờ gửi", within="body")
    lead.page.reload()
    lead.page.locator(".sync-chip").wait_for()
    lead.sees("Bàn làm việc chật, hồ sơ để lẫn", within=card_of(story.criterion))
    lead.sees("Công khai chưa đủ thủ tục", within=card_of(story.criterion)).look()


def codes_shown(lead: Person) -> list[str]:
    return lead.page.locator(".criterion .code").all_inner_texts()


def card_of(code: str) -> str:
    return f"[id='tc-{code}']"


def answer(lead: Person, code: str, *, well: bool) -> None:
    """Answers one criterion with its own control; badly, it loses points."""
    card = lead.page.locator(card_of(code))
    radios = card.locator("fieldset.answers input[type=radio]:not([value=na])")
    if radios.count():
        (radios.first if well else radios.last).check(force=True)
    elif card.locator("[data-name=numerator]").count():
        card.locator("[data-name=numerator]").fill("90" if well else "40")
        card.locator("[data-name=denominator]").fill("90")
        card.locator("[data-name=denominator]").blur()
    elif card.locator("[data-name=share_pct]").count():
        card.locator("[data-name=share_pct]").fill("91,5")
        card.locator("[data-name=share_pct]").blur()
    else:
        card.get_by_role("button", name="Không có lần nào").click()
    lead.sees("Đã gửi", within=card_of(code))


def take_note(lead: Person, code: str, proof: Path) -> None:
    card = lead.page.locator(card_of(code))
    card.get_by_role("button", name="Ghi chú").click()
    card.locator("textarea").fill("Bàn làm việc chật, hồ sơ để lẫn")
    card.locator("textarea").blur()
    card.locator("input[type=file]").set_input_files(str(proof))
    card.locator(".photo").get_by_text("Đã gửi").wait_for()


def raise_finding(lead: Person, code: str) -> None:
    card = lead.page.locator(card_of(code))
    card.get_by_role("button", name="Nêu tồn tại").first.click()
    lead.sees("Chưa từng nêu tồn tại ở tiêu chí này", within=card_of(code))
    card.locator("[data-name=severity][value=medium]").check(force=True)
    card.locator("[data-name=fact]").fill("Công khai chưa đủ thủ tục tại bộ phận một cửa")
    card.locator("[data-name=legal_basis]").fill("Nghị định 61/2018/NĐ-CP")
    card.locator("[data-name=cause_kind]").select_option("subjective")
    card.locator("[data-name=recommendation]").fill("Niêm yết đủ trong tháng")
    card.locator("[data-act=raise]").click()
    card.get_by_text("Đã nêu tại tiêu chí này").wait_for()


def leave_out(lead: Person) -> None:
    """The last criterion that may be left out does not apply, which asks for a reason."""
    tile = lead.page.locator(".criterion input[value=na]").last
    code = tile.get_attribute("data-code") or ""
    tile.check(force=True)
    card = lead.page.locator(card_of(code))
    lead.sees("cần lý do", within=card_of(code))
    card.locator("[data-act=na-reason]").select_option(index=1)
    lead.sees("Không tính", "Đã gửi", within=card_of(code))


def finish_and_sign(story: Story) -> None:
    lead, office = story.lead, story.office
    story.refuses(office, f"{story.inspection}/field-completion", seen="1")
    lead.go(story.inspection).press("Kết thúc thực địa").follow("Mở biên bản").follow("Soạn nội dung")
    lead.fill(number="27/BB-ĐKT", issued_on="14/09/2026", strengths="Bộ phận một cửa gọn, người dân hài lòng.")
    lead.press("Lưu biên bản").sees("Biên bản kiểm tra số 27/BB-ĐKT năm 2026 đã được ghi cho cuộc kiểm tra")
    lead.fill(number="2002/BB-ĐKT").press("Lưu biên bản").press("Tạo PDF").sees("Đã xong").look()
    lead.go(f"{story.inspection}/minutes")
    with lead.page.expect_download() as waiting:
        lead.page.get_by_role("link", name="Tải PDF").click()
    assert Path(waiting.value.path()).read_bytes().startswith(b"%PDF-")
    lead.tap("Ký biên bản").press("Ký biên bản", within="#ky-bien-ban").sees("chờ bên còn lại ký")
    story.head = sign_in_as_head(story)
    story.refuses(office, f"{story.inspection}/signature", shown_hash="")
    story.head.go(f"{story.inspection}/minutes").tap("Ký biên bản").press("Ký biên bản", within="#ky-bien-ban")
    story.head.sees("Biên bản đã ký đủ hai bên")


def sign_in_as_head(story: Story) -> Person:
    """The head of the unit comes in by the letter with the way back, which the demonstration shows to the ADMIN."""
    office, admin, head = story.office, story.admin, story.sit_down()
    story.head = head
    found = office.context.request.get("/units/choices", params={"q": story.unit}).json()[0]
    office.go(f"/units/{found['value']}")
    address = f"{found_in(r'Mã (HN-[^ ]+)', office.text()).lower()}@demo.example"
    head.go("/password-reset").fill(email=address).press("Gửi liên kết")
    link = admin.go("/system/mails").page.get_by_role("link", name=address)
    wait_until(lambda: admin.go("/system/mails") and link.count(), "The letter")
    admin.follow(address, within="main")
    head.go(found_in(r"(/password-reset/[^ ]+)", admin.text()))
    head.fill(password=PASSWORD).press("Lưu mật khẩu")
    return head.fill("main", email=address, password=PASSWORD).press("Đăng nhập", within="main form", exact=True)


def found_in(pattern: str, text: str) -> str:
    found = re.search(pattern, text)
    assert found, f"{pattern} is not in: {text[:400]}"
    return found.group(1)


def reply_and_appraise(story: Story) -> None:
    """The unit answers the finding and explains the points it lost; the office decides on both."""
    head, office, lead = story.head, story.office, story.lead
    page = f"{story.inspection}/explanations"
    head.go(story.inspection).follow("Trả lời và giải trình").follow(
        story.criterion, within="section[aria-labelledby=h-findings]"
    )
    story.finding = head.path
    story.refuses(office, f"{story.finding}/reply", agreed="yes")
    head.follow("Trả lời tồn tại").tick("agreed", "yes").fill(words="Đơn vị nhận thiếu sót.").press("Trả lời tồn tại")
    head.go(page).follow(f"Giải trình tiêu chí {story.criterion}").fill(words="Đã niêm yết lại trong tuần này.")
    head.press("Gửi giải trình").sees("Đã gửi giải trình")
    story.refuses(head, f"{story.finding}/decision", decision="confirm")
    office.go(page).follow("", within=".table:has-text('niêm yết lại')")
    office.tick("outcome", "refused").fill(reason="Niêm yết sau ngày kiểm tra.").press("Lưu kết quả thẩm định")
    office.go(story.finding).follow("Quyết định xử lý").tick("decision", "confirm").press("Quyết định xử lý")
    office.sees("Đã xác nhận")
    lead.go(story.inspection).follow("Soạn báo cáo").fill(
        summary="Xã có 30 công chức.", recommendations="Giao khắc phục."
    )
    lead.press("Trình báo cáo").sees("Đã trình báo cáo")


def conclude(story: Story) -> None:
    office, authority, head = story.office, story.authority, story.head
    page = f"{story.inspection}/conclusion"
    story.refuses(head, f"{page}/drafts", what="Không phải việc của mình")
    office.go(page).fill(
        "form[id^=form-new]",
        what="Niêm yết đủ thủ tục hành chính tại bộ phận một cửa",
        deliverable="Ảnh bảng niêm yết và danh mục đã công bố",
        term_days="15",
    ).press("Thêm nhiệm vụ").sees("Niêm yết đủ thủ tục hành chính")
    story.refuses(office, page, number="1/TB", issued_on="14/09/2026")
    authority.go(page).tap("Ban hành kết luận").fill("#ban-hanh", number="2003/TB-UBND", issued_on="14/09/2026")
    authority.press("Ban hành kết luận", within="#ban-hanh").sees("Nhiệm vụ đã giao").follow("Niêm yết đủ thủ tục")
    story.task = authority.path


def remedy(story: Story, proof: Path) -> None:
    """The head takes the task on, reports with a photo, asks for more time and gets it, hands the work in."""
    head, office = story.head, story.office
    story.refuses(story.verifier, f"{story.task}/acknowledgement", seen="1")
    head.go("/").sees("Niêm yết đủ thủ tục").go(story.task)
    head.press("Tiếp nhận nhiệm vụ")
    head.fill("#form-report", percent="40", words="Đã in bảng niêm yết.").attach("files", proof, within="#form-report")
    head.press("Gửi báo cáo").sees("minh-chung.jpg", "40%")
    head.fill("#form-extension", wished_due="15/10/2026", reason="Chờ danh mục mới công bố.")
    head.press("Gửi đề nghị gia hạn").sees("đang chờ")
    office.go(story.task).tick("answer", "approve").fill("#form-decision", granted_due="15/10/2026")
    office.press("Ghi quyết định").sees("15/10/2026")
    hand_in(head, story, "Đã niêm yết đủ 142 thủ tục.", proof)


def hand_in(head: Person, story: Story, words: str, proof: Path) -> None:
    head.go(story.task).fill("#form-submission", words=words).attach("files", proof, within="#form-submission")
    head.press("Nộp kết quả", within="#form-submission").sees("Chờ xác nhận")


def verify(story: Story, proof: Path) -> None:
    """Returned once with a reason, handed in again, verified by somebody else: task, finding and inspection close."""
    verifier, head = story.verifier, story.head
    story.refuses(head, f"{story.task}/verification", seen="1")
    verifier.go(story.task).fill("#form-return", reason="Ảnh chưa thấy bảng niêm yết ở cửa số 2.")
    verifier.press("Trả lại", within="#form-return")
    head.go(story.task).sees("Ảnh chưa thấy bảng niêm yết ở cửa số 2.")
    hand_in(head, story, "Bổ sung ảnh cửa số 2.", proof)
    verifier.go(story.task).fill("#form-verification", reason="Đủ minh chứng.").press("Xác nhận hoàn thành")
    verifier.go(story.finding).sees("Đã đóng")
    verifier.go(story.inspection).sees("Đã đóng")


def watch(story: Story) -> None:
    """The committee opens a number, exports it, and finds the same rows; the timeline tells who did what."""
    committee = story.committee
    number = committee.go("/committee").page.locator(".matrix td a").first
    count = int(number.inner_text())
    with committee.page.expect_navigation(wait_until="load"):
        number.click()
    committee.look()
    assert committee.page.locator("main tbody tr").count() == count
    with committee.page.expect_download() as waiting:
        committee.page.get_by_role("link", name="XLSX").first.click()
    assert rows_of(Path(waiting.value.path()).read_bytes()) == count
    committee.go(f"{story.inspection}/timeline").sees("Lê Thị Mai Hương", "Trần Minh Đức", "Nguyễn Hữu Thắng")
    committee.sees("2003/TB-UBND")


def rows_of(content: bytes) -> int:
    """The rows of an exported sheet below its heading row."""
    sheet = load_workbook(io.BytesIO(content)).active
    filled = [row for row in sheet.iter_rows(values_only=True) if sum(cell is not None for cell in row) > 3]
    return len(filled) - 1
