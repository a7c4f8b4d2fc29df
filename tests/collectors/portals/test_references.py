from collectors.portals.picture import picture_of
from collectors.portals.references import Ref, image_name

URL = "https://tinh.example.vn/"


def test_what_a_page_loads_is_given_with_its_whole_address() -> None:
    page = picture_of(
        '<link rel="Stylesheet" href="/a.css?v=1"><link rel=icon href=/i.ico><script src=b.js></script>', URL
    )
    assert page.refs == (Ref("style", URL + "a.css?v=1"), Ref("script", URL + "b.js"))
    assert page.refs[0].name == "tinh.example.vn/a.css"


def test_pictures_of_the_frame_are_those_that_stand_alone_and_lead_nowhere() -> None:
    page = picture_of(
        '<header><a href="/"><img src="/logo.png"></a></header><div id=top style="background: url(\'/top.jpg\')"></div>'
        "<ul><li><img src=/1.jpg></li><li><img src=/2.jpg></li></ul>"
        '<a href="/tin/123"><b><img src="/hot.jpg"></b></a><a href="https://doi-tac.example/"><img src=/p.png></a>'
        '<p hidden><img src=/h.gif></p><div><img src="data:image/gif;base64,R0lG" data-src="/late.jpg"></div>',
        URL,
    )
    assert set(page.images.values()) == {f"tinh.example.vn/{name}" for name in ("logo.png", "top.jpg", "late.jpg")}
    assert {ref.url for ref in page.refs} == {f"{URL}{name}" for name in ("logo.png", "top.jpg", "late.jpg")}


def test_a_picture_in_the_page_itself_goes_by_its_bytes() -> None:
    assert image_name("data:image/gif;base64,R0lG") != image_name("data:image/gif;base64,R0lH")
    assert image_name("https://a.example/x/123.png?y") == "a.example/x/0.png"


def test_sound_that_plays_counts_among_the_frames() -> None:
    assert picture_of('<audio autoplay src="https://evil.example/a.mp3">', URL).frames == ("evil.example/a.mp0",)
