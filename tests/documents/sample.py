"""Makers for these tests: papers, photos, office files and hostile ones."""

import io
import zipfile
from pathlib import Path

from jinja2 import ChoiceLoader, DictLoader, Environment, FileSystemLoader
from PIL import Image

ROOT = Path(__file__).resolve().parents[2]
VIETNAMESE = "".join(chr(code) for code in range(0x1EA0, 0x1EFA))

NOTICE = """{% extends "paper/base.html" %}{% import "paper/parts.html" as part %}
{% block head %}
{{ part.head("Sở Nội vụ", number, place_date, parent="Ủy ban nhân dân thành phố Hà Nội") }}{% endblock %}
{% block name %}
{{ part.name("Thông báo", "Kết luận kiểm tra công tác cải cách hành chính tại phường Hoàn Kiếm") }}{% endblock %}
{% block body %}{{ part.to(["Ủy ban nhân dân phường Hoàn Kiếm", "Các đơn vị liên quan"]) }}
{{ part.grounds(["Căn cứ Quyết định số 12/QĐ-SNV ngày 05 tháng 01 năm 2026", "Căn cứ Biên bản kiểm tra"]) }}
<h2>I. KẾT QUẢ ĐẠT ĐƯỢC</h2>{% for text in texts %}<p>{{ text }}</p>{% endfor %}
<h2>II. TỒN TẠI, HẠN CHẾ</h2>
<table class="grid"><thead><tr><th>TT</th><th>Tồn tại</th><th>Biện pháp</th><th>Thời hạn</th></tr></thead><tbody>
{% for n in range(rows) %}<tr><td class="centre">{{ n + 1 }}</td><td>Chưa niêm yết đủ thủ tục hành chính</td>
<td>Niêm yết công khai tại bộ phận một cửa</td><td class="centre">30/9/2026</td></tr>{% endfor %}</tbody></table>
{{ part.photos(photos) }}{% endblock %}
{% block sign %}{{ part.signed_with_copies(["Như trên", "Chủ tịch UBND thành phố (để báo cáo)", "Lưu: VT, CCHC"],
  "Phó Giám đốc", "Nguyễn Văn Đức", authority="KT. Giám đốc") }}{% endblock %}
{% block appendix %}{% if appendix %}
{{ part.appendix("I", "Danh mục thủ tục", "(Kèm theo Thông báo số 05/TB-SNV)") }}{% endif %}
{% endblock %}"""

MINUTES = """{% extends "paper/base.html" %}{% import "paper/parts.html" as part %}
{% block head %}{{ part.head("Đoàn kiểm tra", number, place_date, parent="Sở Nội vụ") }}{% endblock %}
{% block name %}{{ part.name("Biên bản", "Kiểm tra công tác cải cách hành chính") }}{% endblock %}
{% block body %}{% for text in texts %}<p>{{ text }}</p>{% endfor %}{% endblock %}
{% block sign %}{{ part.signed_by_two(
  {"office": "Đại diện đơn vị", "person": "Trần Thị Bưởi", "how": "(Ký, ghi rõ họ tên)"},
  {"office": "Trưởng đoàn", "person": "Lê Quang Vũ", "how": "(Ký, ghi rõ họ tên)"}) }}{% endblock %}"""

PROSE = (
    "Đơn vị đã ban hành kế hoạch cải cách hành chính năm 2026 đúng thời hạn, phân công rõ người chịu trách nhiệm; "
    "niêm yết công khai đầy đủ các thủ tục hành chính tại bộ phận một cửa; tỷ lệ hồ sơ giải quyết trước hạn và đúng "
    "hạn đạt 98,7%, không có hồ sơ quá hạn do lỗi của công chức; mức độ hài lòng của người dân đạt 95,2%."
)


def paper(template=NOTICE, *, texts=(PROSE,) * 3, rows=4, photos=(), appendix=False, demo=False, title="Thông báo thử"):
    """The HTML of a paper made from the product's own skeleton."""
    environment = Environment(
        loader=ChoiceLoader([FileSystemLoader(ROOT / "templates"), DictLoader({"paper.html": template})]),
        autoescape=True,
    )
    return environment.get_template("paper.html").render(
        title=title,
        number="05/TB-SNV",
        place_date="Hà Nội, ngày 05 tháng 01 năm 2026",
        texts=texts,
        rows=rows,
        photos=photos,
        appendix=appendix,
        demo=demo,
    )


def picture(width=640, height=480, kind="JPEG", mode="RGB", **options):
    """The bytes of a photo: left half red, right half blue."""
    image = Image.new(mode, (width, height), "red")
    image.paste(Image.new(mode, (width - width // 2, height), "blue"), (width // 2, 0))
    out = io.BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


def archive(entries):
    """A ZIP file of (name, content) pairs; a name may be a ZipInfo."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as file:
        for name, content in entries:
            file.writestr(name, content)
    return out.getvalue()


def office(kind="docx", *extra):
    """A small DOCX or XLSX file with further entries."""
    folder, main = {
        "docx": ("word/document.xml", "wordprocessingml.document"),
        "xlsx": ("xl/workbook.xml", "spreadsheetml.sheet"),
    }[kind]
    types = (
        '<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
        f'<Override PartName="/{folder}" ContentType="application/vnd.openxmlformats-officedocument.{main}.main+xml"/>'
        "</Types>"
    )
    rest = ("_rels/.rels", "<Relationships/>"), (folder, "<doc>xin chào</doc>")
    return archive([("[Content_Types].xml", types), *rest, *extra])
