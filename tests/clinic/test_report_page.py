"""The page of a report: readable without network, on paper and by a screen reader, and safe with any text in it."""

from html.parser import HTMLParser

from edunet.clinic.report_page import Blank, Items, Named, Picture, Section, Table, as_html, as_text

SVG = '<svg xmlns="http://www.w3.org/2000/svg" width="10" height="10"><path d="M0 0L10 10"/></svg>'
NASTY = '<script>alert("x")</script> & "quotes" \'<b>'
PAGE = (
    Section(
        "Numbers",
        (
            "A paragraph.",
            Table("How good", ("measure", "value"), [(Named("AUROC", "by ranks"), "0.9"), ("n", "10")], note="A note."),
            Items(("first", "second")),
        ),
    ),
    Section(
        "Pictures", (Picture("A curve.", "It rises from left to right.", lambda: SVG), Section("Inner", ("deep",)))
    ),
    Section("Card", (Blank("Who paid?"),)),
)
VOID = {"meta", "img", "br"}


class Reader(HTMLParser):
    """Follows the nesting, and keeps what a screen reader would tell."""

    def __init__(self, page):
        super().__init__()
        self.open, self.headings, self.images, self.header_cells, self.captions, self.text = [], [], [], [], 0, []
        self.tags = set()
        self.feed(page)
        self.close()

    def handle_starttag(self, tag, attributes):
        self.tags.add(tag)
        if tag not in VOID:
            self.open.append(tag)
        if tag in ("h1", "h2", "h3", "h4"):
            self.headings.append(int(tag[1]))
        if tag == "img":
            self.images.append(dict(attributes))
        if tag == "th":
            self.header_cells.append(dict(attributes).get("scope"))
        self.captions += tag == "caption"

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.text.append(data)


def test_tags_are_closed_in_the_order_in_which_they_were_opened():
    assert Reader(as_html("Title", PAGE)).open == []


def test_headings_go_down_one_level_at_a_time():
    levels = Reader(as_html("Title", PAGE)).headings
    assert levels == [1, 2, 2, 3, 2]


def test_every_table_has_a_caption_and_header_cells_with_a_scope():
    page = Reader(as_html("Title", PAGE))
    assert page.captions == 1
    assert page.header_cells == ["col", "col", "row", "row"]


def test_a_wide_table_is_scrolled_by_the_keyboard_and_says_which_it_is():
    assert '<div class="scroll" role="region" tabindex="0" aria-label="How good">' in as_html("Title", PAGE)


def test_every_picture_has_words_for_those_who_do_not_see_it():
    assert [image["alt"] for image in Reader(as_html("Title", PAGE)).images] == ["It rises from left to right."]


def test_the_page_has_no_script_and_no_address():
    page = as_html("Title", PAGE)
    assert "script" not in Reader(page).tags
    assert "default-src 'none'" in page
    assert "http" not in page.replace("http-equiv", "")


def test_text_of_the_user_stays_text():
    page = as_html(NASTY, (Section(NASTY, (NASTY, Table(NASTY, (NASTY,), [(Named(NASTY, NASTY),)], NASTY))),))
    assert "script" not in Reader(page).tags
    assert Reader(page).text.count(NASTY) == 10


def test_synthetic_data_are_said_to_be_so():
    assert "SYNTHETIC" in as_html("T", PAGE, synthetic=True)
    assert "SYNTHETIC" in as_text("T", PAGE, synthetic=True)
    assert "SYNTHETIC" not in as_html("T", PAGE)


def test_the_text_holds_what_the_page_holds():
    text = as_text("Title", PAGE)
    for words in ("A paragraph.", "AUROC", "by ranks", "0.9", "A note.", "first", "It rises", "deep", "Who paid?"):
        assert words in text


def test_columns_of_the_text_stand_below_each_other():
    lines = as_text("T", (Section("S", (Table("C", ("a", "b"), [("long name", "1"), ("x", "2")]),)),)).splitlines()
    row = lines.index("C") + 2
    assert [line.index(digit) for line, digit in zip(lines[row + 1 :], "12", strict=False)] == [11, 11]
