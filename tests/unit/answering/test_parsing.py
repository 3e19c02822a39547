from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.answering.parsing import parse_blocks
from assistant.answering.sentences import split_sentences


def _sentences(text: str) -> list[str]:
    return [text[a:b] for a, b in split_sentences(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("It costs 3.50 a month. You can cancel.", ["It costs 3.50 a month.", "You can cancel."]),
        ("See No. 5 of the list. Then go on.", ["See No. 5 of the list.", "Then go on."]),
        ("Use e.g. Berlin as city. Save.", ["Use e.g. Berlin as city.", "Save."]),
        ("Version 2.1.0 is out. Update now!", ["Version 2.1.0 is out.", "Update now!"]),
        ("Go to https://a.example/x.html. Sign in.", ["Go to https://a.example/x.html.", "Sign in."]),
        ('He said "stop." We stopped.', ['He said "stop."', "We stopped."]),
        ("Is it free? Yes.", ["Is it free?", "Yes."]),
        ("J. Smith signs. Done.", ["J. Smith signs.", "Done."]),
    ],
)
def test_sentences_end_where_sentences_end(text: str, expected: list[str]) -> None:
    assert _sentences(text) == expected


def test_a_procedure_keeps_its_sub_points_and_interrupting_paragraphs() -> None:
    text = "To start:\n\n1. Open it.\n   - Use the key.\n2. Close it.\n\nIf it sticks, push.\n3. Wait.\n\nDone."
    procedure = next(block for block in parse_blocks(text) if block.kind == "procedure")
    assert text[procedure.start : procedure.end].endswith("3. Wait.")
    assert [unit.number for unit in procedure.units] == [1, None, 2, 3]
    assert procedure.lead is not None
    assert text[procedure.lead.start : procedure.lead.end] == "To start:"


def test_sub_points_that_lost_their_indentation_stay_in_the_procedure() -> None:
    text = "1. Choose one of:\n\n\n\n* Red\n* Blue\n\n\n\n2. Save."
    (block,) = parse_blocks(text)
    assert (block.kind, [unit.depth for unit in block.units]) == ("procedure", [0, 1, 1, 0])


def test_a_new_numbering_is_a_new_procedure() -> None:
    text = "1. Open.\n2. Close.\n\n## Again\n\n1. Start."
    assert [block.kind for block in parse_blocks(text)] == ["procedure", "heading", "procedure"]


def test_a_bare_line_between_blank_lines_is_a_heading() -> None:
    text = "\n Run applications \n\nTo run one, send it."
    blocks = parse_blocks(text)
    assert [(block.kind, block.heading) for block in blocks] == [
        ("heading", "Run applications"),
        ("paragraph", "Run applications"),
    ]


def test_a_table_has_a_header_and_rows() -> None:
    text = "| Code | Meaning |\n|---|---|\n| E1 | Stuck |\n| E2 | Empty |\n"
    (table,) = parse_blocks(text)
    assert table.header is not None
    assert text[table.header.start : table.header.end] == "| Code | Meaning |"
    assert [text[unit.start : unit.end] for unit in table.units] == ["| E1 | Stuck |", "| E2 | Empty |"]


def test_leftovers_of_pictures_and_front_matter_are_no_text() -> None:
    text = "---\ntitle: A\n---\n\nZoom\n\n![Picture](x.png)\n\nFigure 1. A thing\n\nThis is text."
    assert [block.kind for block in parse_blocks(text)] == ["noise", "noise", "noise", "paragraph"]


LINES = st.sampled_from(
    ["", "", "# Head", "Some words here. And more e.g. this.", "- item one", "  - sub", "1. First step.", "2. Second.",
     "| a | b |", "|---|---|", "| 1 | 2 |", "```", "code x", " Bare head ", "So:", "3) odd", "* x", "Zoom", "---"]
)  # fmt: skip


@settings(max_examples=300, deadline=None)
@given(st.one_of(st.lists(LINES, max_size=14).map("\n".join), st.text(max_size=120)))
def test_every_span_lies_in_the_passage_in_order_and_without_overlap(text: str) -> None:
    end = 0
    for block in parse_blocks(text):
        assert end <= block.start < block.end <= len(text)
        assert text[block.start : block.end].strip() == text[block.start : block.end]
        inner = block.start
        for unit in block.units:
            assert inner <= unit.start < unit.end <= block.end
            inner = unit.end
        end = block.end


@settings(max_examples=200, deadline=None)
@given(st.text(alphabet=st.sampled_from("ab. !?\nA1é"), max_size=80))
def test_sentences_lose_nothing_but_whitespace(text: str) -> None:
    assert "".join("".join(_sentences(text)).split()) == "".join(text.split())
