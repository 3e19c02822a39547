"""Rendering documents: safe whatever they hold, and marked where they were quoted."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.ui.documents import excerpt, readable_date, render_document, split_heading
from assistant.values import Citation, Document

TEXT = (
    "# Returns\n\nYou have **30 days**. Keep the box.\n\n1. Open *Orders*.\n2. Press Return.\n\n"
    "| a | b |\n| --- | --- |\n| c | d |\n"
)
TAGS = re.compile(r"<(/?[a-z0-9]+)([^>]*)>")
ALLOWED = {
    "p", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "li", "table", "thead", "tbody", "tr", "th", "td",
    "strong", "em", "code", "pre", "blockquote", "hr", "br", "a", "mark",
}  # fmt: skip


def marked(html: str) -> str:
    return " ".join(re.findall(r"<mark[^>]*>(.*?)</mark>", html, re.DOTALL))


def document(text: str) -> Document:
    return Document("d", "D", text, frozenset({"public"}), "1", "s")


def citation(text: str, quote: str) -> Citation:
    start = text.find(quote)
    return Citation(1, "p", "d", "D", "", quote, start=start, end=start + len(quote))


@pytest.mark.parametrize(
    ("quote", "expected"),
    [
        ("Keep the box.", "Keep the box."),
        ("You have **30 days**.", "You have  30 days ."),
        ("1. Open *Orders*.\n2. Press Return.", "Open  Orders . Press Return."),
        ("| c | d |", "c d"),
    ],
)
def test_the_quoted_words_are_marked_and_the_blocks_keep_their_form(quote: str, expected: str) -> None:
    start = TEXT.index(quote)
    html = render_document(TEXT, start, start + len(quote))
    assert marked(html) == expected
    assert re.sub(r"</?mark[^>]*>", "", html) == render_document(TEXT)
    assert html.count('id="quote"') == 1


@given(
    st.text(alphabet=st.sampled_from("ab <>\"'&*_`#-|[](){}!:\n1.\\/jscriptonerror="), max_size=200),
    st.integers(0, 210),
    st.integers(0, 210),
)
def test_no_text_becomes_live(text: str, start: int, end: int) -> None:
    html = render_document(text, start, end)
    for tag, attributes in TAGS.findall(html):
        assert tag.strip("/") in ALLOWED
        assert not re.search(r"\son\w+=", re.sub(r'"[^"]*"', "", attributes))
        assert not re.search(r'(href|src)="\s*(javascript|vbscript|data):', attributes, re.IGNORECASE)


@pytest.mark.parametrize(
    "text",
    [
        "<script>x</script>",
        "<img src=x onerror=x>",
        "a <b>b</b> c",
        "- <svg onload=x>",
        "| <i>a</i> |\n| --- |\n| <u>b</u> |",
        "![x](http://evil.example/x.png)",
        "[x](javascript:x)",
        "<javascript:x>",
        "[x](data:text/html,x)",
        "[x][y]\n\n[y]: vbscript:x",
        "```<script>\n</script>```",
        "\ue000<img src=x>\ue001",
    ],
)
def test_hostile_markup_is_text(text: str) -> None:
    html = render_document(f"{text}\n\nend", 0, 400)
    assert {tag.strip("/") for tag, _ in TAGS.findall(html)} <= ALLOWED - {"em", "strong"}
    assert not re.search(r'(href|src)="\s*(javascript|vbscript|data):', html)


@given(st.text(max_size=300), st.integers(-5, 310), st.integers(-5, 310))
def test_marks_never_add_or_lose_text(text: str, start: int, end: int) -> None:
    def plain(html: str) -> str:
        return re.sub(r"<[^>]*>", "", html)

    assert plain(render_document(text, start, end)) == plain(render_document(text))


def test_a_quote_is_found_again_where_it_has_moved() -> None:
    cited = citation(TEXT, "Keep the box.")
    found = excerpt(document("New first line.\n\n" + TEXT), cited)
    assert (found.quote, found.found) == ("Keep the box.", True)


def test_a_quote_that_is_gone_is_shown_as_it_was_and_said_so() -> None:
    found = excerpt(document("Something else."), citation(TEXT, "Keep the box."))
    assert (found.before, found.quote, found.after, found.found) == ("", "Keep the box.", "", False)


def test_an_excerpt_is_bounded_around_its_quote() -> None:
    text = "line\n" * 1_000 + "the quote\n" + "line\n" * 1_000
    found = excerpt(document(text), citation(text, "the quote"))
    assert len(found.before) <= 700
    assert len(found.after) <= 700
    assert found.before.startswith("line\n")


def test_the_heading_is_split_off() -> None:
    heading, body = split_heading(render_document(TEXT))
    assert heading == "<h1>Returns</h1>"
    assert "<h1>" not in body


@pytest.mark.parametrize(("text", "said"), [("2026-09-04", "4 September 2026"), ("", ""), ("last week", "last week")])
def test_dates_are_written_for_people(text: str, said: str) -> None:
    assert readable_date(text) == said
