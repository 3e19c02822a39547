"""What passages are made of."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.knowledge.chunking import ChunkingPolicy, split
from assistant.values import Document, Passage


def document(text: str, title: str = "Returns") -> Document:
    return Document("returns.md", title, text, frozenset({"public"}), "v1", "/docs", url="https://a.example/r")


def texts(passages: list[Passage]) -> list[str]:
    return [passage.text for passage in passages]


PIECES = st.sampled_from(
    [
        *("# Returns\n", "## United Kingdom\n", "### Label", "TERMS\n", "====\n", "---\n"),
        *("\n", "\n\n", " ", "\t", "\r\n", "\u2028", "\x0c"),
        *("You have 30 days. ", "Keep the box:\n", "A.B! C? ", "é", "word " * 60, "x" * 2_500),
        *("1. Open the app\n", "2. Send it back\n", "   - with a label\n", "- one\n", "* two\n"),
        *("| a | b |\n", "|---|---|\n", "| 1 | 2 |\n", "```\n", "x = 1\n", "~~~\n"),
    ]
)


@settings(max_examples=300, deadline=None)
@given(st.lists(PIECES, max_size=60).map("".join) | st.text(max_size=3_000))
def test_passages_are_exact_spans_that_cover_all_text_in_order(text: str) -> None:
    passages = split(document(text))
    at = 0
    for ordinal, passage in enumerate(passages):
        assert passage.text == text[passage.start : passage.end]
        assert passage.ordinal == ordinal
        assert not text[at : passage.start].strip()
        assert passage.text.strip() == passage.text != ""
        assert len(passage.text) <= 1_800
        at = passage.end
    assert not text[at:].strip()
    assert len({passage.id for passage in passages}) == len(passages)


def test_a_section_is_named_by_its_path_without_the_title() -> None:
    passages = split(document("# Returns\n\nIntro.\n\n## United Kingdom\n\n### Costs\n\nFree.\n\n## EU\n\nAlso free."))
    assert [passage.section for passage in passages] == ["", "United Kingdom > Costs", "EU"]


def test_a_heading_goes_with_what_it_heads() -> None:
    passages = split(document("# Returns\n\n## UK\n\nThirty days.\n\n## EU\n\nFourteen days."))
    assert texts(passages) == ["# Returns\n\n## UK\n\nThirty days.", "## EU\n\nFourteen days."]


def test_a_procedure_stays_whole_with_its_lead_in_and_substeps() -> None:
    steps = "\n".join(f"{n}. Do step {n}, " + "carefully " * 12 + "\n   - and mind the detail" for n in range(1, 10))
    text = f"## How\n\n{'Some words before it. ' * 20}\n\nTo send it back:\n\n{steps}\n\nThat is all."
    procedure = next(p for p in split(document(text)) if "1. Do step 1" in p.text)
    assert "9. Do step 9" in procedure.text
    assert procedure.text.startswith("To send it back:")


def test_a_procedure_longer_than_the_maximum_is_cut_between_its_steps() -> None:
    steps = "\n".join(f"{n}. Step {n} " + "carefully " * 30 for n in range(1, 12))
    for passage in split(document(steps)):
        assert passage.text.startswith(tuple(f"{n}. Step" for n in range(1, 12)))


def test_a_table_stays_whole_up_to_the_maximum() -> None:
    rows = "\n".join(f"| Item {n} | {n} days | some longer remark about it |" for n in range(25))
    table = f"| Item | Window | Remark |\n|---|---|---|\n{rows}"
    (passage,) = [p for p in split(document(f"## Windows\n\n{table}\n")) if "| Item |" in p.text]
    assert table in passage.text


def test_rows_cut_off_a_long_table_keep_its_columns_in_the_section() -> None:
    rows = "\n".join(f"| Item {n} | {n} days | {'remark ' * 8}|" for n in range(60))
    first, *rest = split(document(f"## Windows\n\n| Item | Window | Remark |\n|---|---|---|\n{rows}"))
    assert first.section == "Windows"
    assert rest
    assert {passage.section for passage in rest} == {"Windows > Item | Window | Remark"}
    assert all(passage.text.startswith("| Item ") for passage in rest)


def test_code_stays_whole_and_its_comments_are_no_headings() -> None:
    code = "```sh\n# not a heading\n\nrun --all\n```"
    (passage,) = split(document(f"## Use\n\n{code}"))
    assert passage.section == "Use"
    assert code in passage.text


def test_a_long_paragraph_is_cut_between_sentences() -> None:
    passages = split(document("This is a sentence about returns. " * 100))
    assert len(passages) > 2
    assert all(passage.text.startswith("This is") and passage.text.endswith("returns.") for passage in passages)


def test_lines_in_capitals_head_sections_of_plain_text() -> None:
    passages = split(document("GIFT CARDS\n\nIntro.\n\nHOW LONG THEY LAST\n\nA year.", title="Gift cards"))
    assert [passage.section for passage in passages] == ["", "How long they last"]


def test_a_text_published_as_a_passage_stays_one() -> None:
    text = "\n# A\n\nshort\n\n# B\n\n" + "words " * 300
    (passage,) = split(document(text), whole=True)
    assert passage.text == text.strip()
    assert len(split(document(text + "x" * 300), whole=True)) > 1


def test_blank_text_has_no_passages() -> None:
    assert split(document(" \n\t\n")) == split(document("\n"), whole=True) == []


def test_the_policy_sets_the_lengths() -> None:
    passages = split(document("word " * 1_000), ChunkingPolicy(target_chars=200, max_chars=300))
    assert max(len(passage.text) for passage in passages) <= 300


def test_title_and_section_are_indexed_with_the_text() -> None:
    (passage,) = split(document("## UK\n\nThirty days."))
    assert passage.indexed_text == "Returns\nUK\n## UK\n\nThirty days."
