"""A page of a province as it is, and what may become of it."""

from collections.abc import Iterable
from typing import Any

import msgspec

from collectors.portals.certificate import Certificate
from collectors.portals.connection import Steps
from collectors.portals.fetch import Fetch
from collectors.portals.judge import Judge
from collectors.portals.memory import Memory
from soc_agent.config import PortalPage, PortalSource

URL = "https://www.tinh.example.vn/"
NEWS = (
    "UBND tỉnh họp phiên thường kỳ tháng 11", "Hướng dẫn nộp hồ sơ trực tuyến", "Lịch tiếp công dân của lãnh đạo tỉnh",
    "Triệt phá đường dây cá độ bóng đá trên địa bàn huyện", "Thông báo tuyển dụng công chức", "Kết quả kỳ thi lớp 10",
    "Công bố thủ tục hành chính mới", "Ngày hội đại đoàn kết toàn dân tộc",
)  # fmt: skip
BANNERS = ("Chung tay cải cách hành chính", "Nộp thuế điện tử", "Phòng chống dịch bệnh")


def home(
    look: int = 0,
    *,
    title: str = "Cổng thông tin điện tử tỉnh",
    heading: str = "Cổng thông tin điện tử",
    news: Iterable[str] = NEWS,
    more: str = "",
    head: str = "",
) -> str:
    """Give the page at its ``look``-th look: date, counter, token, nonce and banner differ each time."""
    items = "".join(
        f"<li><a href='/tin/{n}'>{item}</a> <span>{n + look}/11/2026</span></li>" for n, item in enumerate(news)
    )
    return f"""<!DOCTYPE html><html><head><title>{title}</title><meta charset="utf-8">
<script src="/js/main.{look:08x}a.js?v={look}"></script>
<script nonce="n{look}">var counter = {look}; show(counter)</script>
<script src="https://cdn.example.vn/jquery-3.7.js"></script>{head}</head>
<body><div class="top"><h1>{heading}</h1><p>Thứ Hai, {look}/11/2026 10:{look:02}</p></div>
<ul class="news">{items}</ul>
<div class="banner">{BANNERS[look % 3]}</div><div id="visits">Lượt truy cập: {1_000_000 + look * 7919}</div>
<form method="post" action="/tim-kiem"><input type="hidden" name="csrf" value="{look:032x}"><input name="q"></form>
<footer><p>Địa chỉ: số 1 đường Trần Phú. Điện thoại: 0200 3 822 822</p></footer>{more}</body></html>"""


def got(body: str = "", **other: Any) -> Fetch:
    """Give what came of getting the page."""
    values: dict[str, Any] = {"url": URL, "steps": Steps(1.0, 2.0, 3.0, 4.0, 10.0), "status": 200, "complete": True}
    values |= {"body": body.encode(), "content_type": "text/html; charset=utf-8", "address": "192.0.2.10"}
    return Fetch(**(values | other))


CERTIFICATE = Certificate("CN=www.tinh.example.vn", "O=CA", 0, 90 * 86_400, "k1", "c1", ("www.tinh.example.vn",))
PAGE = PortalPage(name="trang-chu", url=URL)
SOURCE = PortalSource(name="cong", pages=(PAGE,))
MINUTE_NS = 60_000_000_000


class Watched:
    """One page, judged look by look; time goes five minutes a look."""

    def __init__(self, source: PortalSource = SOURCE, page: PortalPage = PAGE) -> None:
        self.judge = Judge(source, page, Memory(source.name, page.name, page.url, {}))
        self.now_ns = 0
        self.looks = 0

    def look(self, fetch: Fetch | str, *, content: bool = True) -> list[dict[str, Any]]:
        """Take a fetch, or a page that was got; give the lines."""
        self.now_ns += 5 * MINUTE_NS
        self.looks += 1
        found = self.judge.judge(got(fetch) if isinstance(fetch, str) else fetch, self.now_ns, content=content)
        return decoded((*found.life, *found.page))

    def learnt(self) -> "Watched":
        """Learn the usual page."""
        for look in range(3):
            self.look(home(look))
        assert self.judge.memory.page.baseline is not None
        return self


def decoded(lines: Iterable[bytes]) -> list[dict[str, Any]]:
    """Give lines as objects."""
    return [msgspec.json.decode(line) for line in lines]


def of(lines: Iterable[dict[str, Any]], event: str) -> list[dict[str, Any]]:
    """Give the lines of one event."""
    return [line for line in lines if line["event"] == event]
