from __future__ import annotations

import math
import re
import zlib
from collections.abc import Sequence

from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.answering.extractive import ExtractivePolicy, answer
from assistant.answering.markup import ITEM
from assistant.answering.rendering import BEGINS_EARLIER, GOES_ON
from assistant.answering.terms import terms
from assistant.ports import Vector
from assistant.values import Draft, Evidence, Hit, Passage


class WordEmbedder:
    """Counts words into 64 buckets: texts with the same words are near. Remembers how many texts each call had."""

    name = "words"
    dimensions = 64

    def __init__(self) -> None:
        self.calls: list[int] = []

    async def encode(self, texts: Sequence[str]) -> list[Vector]:
        self.calls.append(len(texts))
        return [self.vector(text) for text in texts]

    @staticmethod
    def vector(text: str) -> list[float]:
        counts = [0.0] * 64
        for term in terms(text):
            counts[zlib.crc32(term.encode()) % 64] += 1.0
        length = math.sqrt(sum(count * count for count in counts)) or 1.0
        return [count / length for count in counts]


def passage(text: str, *, document: str = "doc", ordinal: int = 0, start: int = 0, superseded_by: str = "") -> Passage:
    return Passage(
        id=f"{document}@{ordinal}",
        document_id=document,
        title="Help",
        section="",
        text=text,
        start=start,
        end=start + len(text),
        ordinal=ordinal,
        version="1",
        audience=frozenset({"public"}),
        superseded_by=superseded_by,
    )


async def ask(question: str, *passages: Passage, policy: ExtractivePolicy | None = None) -> Draft | None:
    asked = WordEmbedder.vector(question)
    dense = [sum(a * b for a, b in zip(asked, WordEmbedder.vector(item.text), strict=True)) for item in passages]
    hits = tuple(Hit(item, 1 / (1 + n), dense=d) for n, (item, d) in enumerate(zip(passages, dense, strict=True)))
    policy = policy or ExtractivePolicy(floor=0.2)
    return await answer(question, asked, Evidence(question, hits), embedder=WordEmbedder(), policy=policy)


RESET = """# Reset the hub

The hub keeps its schedules.

To reset the hub:

1. Unplug the hub.
2. Hold the button.
   - The light turns red.
3. Plug the hub in again.

# Colours

| Light | Meaning |
|---|---|
| Red | Resetting |
| Green | All is well |
| Blue | Pairing |
| White | Starting |
| Amber | No internet |
| Purple | Updating |
| Pink | Unknown |
"""


async def test_a_procedure_is_whole_with_its_introduction() -> None:
    draft = await ask("How do I reset the hub?", passage(RESET))
    assert draft is not None
    steps = (
        "To reset the hub:",
        "1. Unplug the hub.",
        "2. Hold the button.",
        "The light turns red.",
        "3. Plug the hub in",
    )
    places = [draft.text.index(step) for step in steps]
    assert places == sorted(places)
    assert re.search(r"3\. Plug the hub in again\. \[1\]", draft.text)


async def test_a_procedure_cut_by_chunking_is_joined_in_order() -> None:
    first = "To reset the hub:\n\n1. Unplug the hub.\n2. Hold the button."
    second = "3. Plug the hub in.\n4. Wait a minute.\n\nOther things follow here."
    draft = await ask("How do I reset the hub?", passage(first), passage(second, ordinal=1, start=len(first) + 1))
    assert draft is not None
    assert draft.text == (
        "To reset the hub:\n\n1. Unplug the hub.\n2. Hold the button. [1]\n3. Plug the hub in.\n4. Wait a minute. [2]"
    )


async def test_a_procedure_whose_beginning_is_missing_says_so() -> None:
    draft = await ask("How do I reset the hub?", passage("3. Reset the hub.\n4. Wait for the hub to reset."))
    assert draft is not None
    assert BEGINS_EARLIER in draft.text


async def test_a_procedure_that_is_cut_off_says_so() -> None:
    draft = await ask("How do I reset the hub?", passage("To reset the hub:\n\n1. Unplug the hub.\n2."))
    assert draft is not None
    assert GOES_ON in draft.text


async def test_an_exception_stays_with_what_it_limits() -> None:
    text = (
        "Opened batteries can be returned within 30 days of delivery, in the box they came in, with the receipt and "
        "with everything else that was in the parcel when it arrived at your address. "
        "However, leaking batteries cannot be returned. The warehouse is in Doncaster and is open on every working day "
        "of the year, from early in the morning until late in the evening."
    )
    draft = await ask("Can I return opened batteries?", passage(text))
    assert draft is not None
    assert "However, leaking batteries cannot be returned. [1]" in draft.text


async def test_an_exception_in_the_next_paragraph_stays_too() -> None:
    draft = await ask(
        "Can I return opened batteries?",
        passage("Opened batteries can be returned.\n\nExcept for these:\n\n- leaking ones\n- swollen ones"),
    )
    assert draft is not None
    assert "Except for these:\n\n- leaking ones\n- swollen ones [1]" in draft.text


async def test_a_sentence_that_points_back_brings_what_it_points_to() -> None:
    text = (
        "The leak sensor is a small white box. It rings at 85 dB when water reaches the contacts. "
        + "Its colour never fades in the light of the sun, whatever the weather, and nobody has complained so far. " * 3
    )
    draft = await ask("Does it ring when water reaches the contacts?", passage(text))
    assert draft is not None
    assert draft.text.startswith("The leak sensor is a small white box. It rings at 85 dB")


async def test_a_table_row_comes_with_the_header_and_without_the_other_rows() -> None:
    draft = await ask("What does the amber light mean?", passage(RESET))
    assert draft is not None
    assert "| Light | Meaning |\n| --- | --- |\n| Amber | No internet |" in draft.text
    assert "Pink" not in draft.text
    assert draft.citations[0].quote == "| Amber | No internet |"


async def test_one_number_a_passage_in_order_of_appearance() -> None:
    draft = await ask(
        "How long is the warranty of the hub and of the valve?",
        passage("The warranty of the hub is 3 years.", document="a"),
        passage("The warranty of the valve is 2 years.", document="b"),
    )
    assert draft is not None
    assert [citation.index for citation in draft.citations] == [1, 2]
    assert [int(number) for number in re.findall(r"\[(\d)\]", draft.text)] == [1, 2]
    assert " years. [1]\n\nThe " in draft.text  # never joined into one claim


async def test_a_citation_names_its_place_in_the_document() -> None:
    draft = await ask("How long is the warranty of the hub?", passage("The warranty of the hub is 3 years.", start=500))
    assert draft is not None
    assert (draft.citations[0].start, draft.citations[0].end) == (500, 535)


async def test_what_the_documents_do_not_say_is_not_answered() -> None:
    evidence = passage("The warranty of the hub is 3 years. It may be transferred once.")
    assert await ask("Which plumber has the best puns?", evidence, policy=ExtractivePolicy()) is None


async def test_a_model_number_that_is_nowhere_is_not_answered_with_another_one() -> None:
    evidence = passage("The Thermostat S2 costs £129 in the shop.")
    assert await ask("What does the Thermostat S2 cost?", evidence, policy=ExtractivePolicy()) is not None
    assert await ask("What does the Thermostat S3 cost?", evidence, policy=ExtractivePolicy()) is None


async def test_no_evidence_is_no_answer() -> None:
    assert await ask("How long is the warranty?") is None
    assert await ask("How long is the warranty?", passage("# Warranty\n\nZoom\n")) is None


async def test_what_is_in_force_comes_before_what_was_superseded() -> None:
    old = passage("You have 60 days to return an order.", document="old", superseded_by="new")
    new = passage("You have 30 days to return an order.", document="new")
    draft = await ask("How many days do I have to return an order?", old, new)
    assert draft is not None
    assert draft.citations[0].document_id == "new"


async def test_one_bounded_call_of_the_embedder() -> None:
    text = " ".join(f"Sentence number {n} tells about the hub." for n in range(200))
    embedder, policy = WordEmbedder(), ExtractivePolicy(floor=0.0)
    question = "What about the hub?"
    evidence = Evidence(question, (Hit(passage(text), 1.0),))
    await answer(question, embedder.vector(question), evidence, embedder=embedder, policy=policy)
    assert embedder.calls == [policy.embedded]


WORDS = ["hub", "valve", "warranty", "return", "battery", "light", "account", "delivery", "price", "reset"]
SENTENCE = st.lists(st.sampled_from(WORDS), min_size=2, max_size=9).map(lambda w: " ".join(w).capitalize() + ".")
BLOCK = st.one_of(
    st.lists(SENTENCE, min_size=1, max_size=4).map(" ".join),
    SENTENCE.map(lambda s: "However, " + s.lower()),
    SENTENCE.map(lambda s: "# " + s.rstrip(".")),
    st.lists(SENTENCE, min_size=1, max_size=4).map(lambda s: "\n".join(f"- {x}" for x in s)),
    st.lists(SENTENCE, min_size=1, max_size=4).map(lambda s: "\n".join(f"{n}. {x}" for n, x in enumerate(s, 1))),
    st.lists(st.tuples(SENTENCE, SENTENCE), min_size=1, max_size=8).map(
        lambda rows: "| Name | Value |\n|---|---|\n" + "\n".join(f"| {a} | {b} |" for a, b in rows)
    ),
    SENTENCE.map(lambda s: f"```\n{s}\n```"),
    SENTENCE.map(lambda s: s[:-1] + ":"),
)
TEXT = st.lists(BLOCK, min_size=1, max_size=7).map("\n\n".join)


def _plain(text: str) -> str:
    return " ".join(re.sub(r"[*_`|]|^\s*(-|\d+\.)\s+|---", " ", text, flags=re.MULTILINE).split())


@settings(max_examples=150, deadline=None)
@given(texts=st.lists(TEXT, min_size=1, max_size=3), asked=st.lists(st.sampled_from(WORDS), min_size=1, max_size=4))
async def test_whatever_the_evidence_every_quote_is_verbatim_and_nothing_is_added(
    texts: list[str], asked: list[str]
) -> None:
    passages = [passage(text, document=f"d{n}", start=10 * n) for n, text in enumerate(texts)]
    draft = await ask(f"How about the {' '.join(asked)}?", *passages, policy=ExtractivePolicy(floor=0.0))
    if draft is None:
        return
    by_id = {item.id: item for item in passages}
    for citation in draft.citations:
        source = by_id[citation.passage_id]
        assert citation.quote
        assert source.text[citation.start - source.start : citation.end - source.start] == citation.quote
    assert [citation.index for citation in draft.citations] == list(range(1, len(draft.citations) + 1))
    numbers = [int(number) for number in re.findall(r"\[(\d+)\]", draft.text)]
    assert list(dict.fromkeys(numbers)) == [citation.index for citation in draft.citations]
    assert draft.text.endswith("]")
    sources = " ".join(_plain(text) for text in texts) + " Help"
    for line in re.sub(r"\[\d+\]", "", draft.text).split("\n"):
        if line.strip() not in (f"**{'Help'}**", BEGINS_EARLIER, GOES_ON) and not line.startswith("| --- "):
            item = ITEM.match(line)
            assert _plain(item["body"] if item else line).strip("# ") in sources.replace("# ", "")


async def test_an_offer_no_document_speaks_of_is_not_made_up() -> None:
    shop = passage("# Shop\n\nWe sell smart heating controls. We sell them online only.")
    policy = ExtractivePolicy()
    assert await ask("Do you sell smart heating controls online?", shop, policy=policy) is not None
    assert await ask("Do you sell smart light bulbs?", shop, policy=policy) is None


async def test_a_procedure_is_found_by_its_title_though_its_steps_say_other_words() -> None:
    guide = passage("# Setting up the hub\n\n1. Plug it in.\n2. Press the button.\n3. Wait for green.\n")
    other = passage("# Care\n\nThe hub is wiped with a dry cloth. The hub likes dry rooms.", document="care")
    draft = await ask("Just unpacked it. Can you take me through the whole hub set up?", other, guide)
    assert draft is not None
    assert "Press the button." in draft.text
