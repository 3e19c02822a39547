"""A drafted policy: clusters of documents as topics, questions by rules, and a file that always loads."""

from __future__ import annotations

import numpy as np
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.perimeter.drafting.file import draft_text
from assistant.perimeter.drafting.questions import of_heading, of_sentence, questions_of, sentences_of
from assistant.perimeter.drafting.topics import DraftDocument, cluster_labels, draft_policy
from assistant.perimeter.policy_file import parse_policy

STAFF = frozenset({"staff"})


def document(
    name: str,
    angle: float,
    *,
    title: str = "",
    headings: tuple[str, ...] = (),
    sentences: tuple[str, ...] = ("You can bring it back to the shop.",),
    audience: frozenset[str] = frozenset({"public"}),
) -> DraftDocument:
    vector = (float(np.cos(angle)), float(np.sin(angle)), 0.0)
    return DraftDocument(name, title or name.replace("/", " "), headings, sentences, vector, audience=audience)


SHOP = [
    *(document(f"returns/r{n}.md", 0.01 * n, title=f"Sending back {each}") for n, each in enumerate("abcd")),
    *(document(f"delivery/d{n}.md", 1.5 + 0.01 * n, title=f"Parcels to {each}") for n, each in enumerate("efgh")),
]


def test_documents_that_lie_together_become_one_topic_named_by_their_folder():
    draft = draft_policy(SHOP)
    assert {topic.name: len(topic.documents) for topic in draft.topics} == {"returns": 4, "delivery": 4}


def test_clusters_without_a_folder_are_named_by_the_words_that_tell_them_apart():
    flat = [DraftDocument(d.id.replace("/", "-"), d.title, (), d.sentences, d.vector) for d in SHOP]
    assert {topic.name.split("-")[0] for topic in draft_policy(flat).topics} == {"sending", "parcels"}


def test_three_far_groups_are_three_clusters():
    rng = np.random.default_rng(3)
    centres = np.eye(3).repeat(6, axis=0)
    labels = cluster_labels(centres + rng.normal(0, 0.02, centres.shape))
    assert len({tuple(labels[at : at + 6]) for at in (0, 6, 12)}) == 3
    assert all(len(set(labels[at : at + 6].tolist())) == 1 for at in (0, 6, 12))


def test_a_document_that_stands_alone_joins_the_cluster_it_is_nearest_to():
    alone = document("other/x.md", 0.5, title="Something else")
    assert sorted(len(topic.documents) for topic in draft_policy([*SHOP, alone]).topics) == [4, 5]


def test_what_not_everybody_may_see_is_never_mixed_with_what_is_public():
    secret = [document(f"returns/s{n}.md", 0.01 * n, title="Refund limits", audience=STAFF) for n in range(3)]
    topics = draft_policy([*SHOP, *secret]).topics
    mixed = [t for t in topics if {"s" in d.split("/")[1] for d in t.documents} == {True, False}]
    assert mixed == []
    assert [topic.groups for topic in topics if topic.documents[0].startswith("returns/s")] == [STAFF]
    text = draft_text([*SHOP, *secret])
    read = yaml.safe_load(text)
    assert "Refund limits" not in str(read["starters"]) + read["about"]
    assert "Only staff may see" in text


@pytest.mark.parametrize(
    ("heading", "question"),
    [
        ("How to send it back", "Returns: how to send it back?"),
        ("How to send your parcel back", "How do I send my parcel back?"),
        ("Resetting your password", "How does resetting my password work?"),
        ("If you lost your phone", "What if I lost my phone?"),
        ("If you are locked out", "What if I am locked out?"),
        ("What the warranty covers", "Can you tell me what the warranty covers?"),
        ("What refunds can be paid in cash", "What refunds can be paid in cash?"),
        ("The parcel is damaged", "What if the parcel is damaged?"),
        ("Labels", "Returns: labels?"),
        ("Overview", ""),
        ("Returns", ""),
    ],
)
def test_a_heading_becomes_the_question_it_answers(heading: str, question: str):
    assert of_heading(heading, "Returns") == question


@pytest.mark.parametrize(
    ("sentence", "question"),
    [
        ("You can return an order within 30 days, if it is unused.", "Can I return an order within 30 days?"),
        ("You must keep your receipt.", "Do I have to keep my receipt?"),
        ("We do not deliver to Norway.", "Do you deliver to Norway?"),
        ("We accept cheques.", "Do you accept cheques?"),
        ("If you lose your card, ring us.", "What if I lose my card?"),
        ("To reset your password, open the app.", "How do I reset my password?"),
        ("The hub is white.", ""),
        ("", ""),
    ],
)
def test_a_statement_becomes_the_question_it_answers(sentence: str, question: str):
    assert of_sentence(sentence) == question


def test_questions_that_stand_in_the_documents_come_first_and_none_twice():
    found = questions_of(
        "Can I pay by card?", ("Fees", "Can I pay by card?"), ("How long does it take?",), english=True
    )
    assert found[:2] == ["Can I pay by card?", "How long does it take?"]
    assert len(found) == len({question.casefold() for question in found})


def test_documents_in_another_language_are_not_asked_in_english():
    sentences = ("Sie können die Ware innerhalb von 14 Tagen zurück geben und wir zahlen das Geld für Sie zurück.",) * 3
    draft = draft_policy(
        [document("a.md", 0.0, title="Rückgabe", headings=("Fristen der Rückgabe",), sentences=sentences)]
    )
    assert draft.languages == ("de",)
    assert not any("question" in example or "help" in example for topic in draft.topics for example in topic.examples)


def test_a_sentence_is_read_without_its_mark_up():
    assert sentences_of("# Fees\n- **We** charge [a fee](https://x.example).\n2. Pay it.") == [
        "Fees",
        "We charge a fee.",
        "Pay it.",
    ]


def test_the_draft_loads_with_contact_organisation_examples_and_what_is_refused():
    shop = [*SHOP, document("about.md", 0.0, sentences=("Write to jo@acme.example or support@acme.example.",))]
    policy = parse_policy(draft_text(shop))
    assert (policy.contact, policy.organisation, policy.languages) == ("support@acme.example", "Acme", ("en",))
    assert all(len(topic.examples) >= 5 for topic in policy.topics)
    assert {topic.action for topic in policy.topics} == {"answer", "refuse", "handoff"}
    assert policy.sensitive
    assert policy.starters


def test_a_document_about_what_is_sensitive_contradicts_nothing():
    sentences = ("Can I stay if I smell gas?", "What if the battery is on fire?", "do i need a lawyer?")
    shop = [*SHOP, document("safety/gas.md", 3.0, sentences=sentences)]
    assert parse_policy(draft_text(shop)).answered()


def test_two_topics_never_share_an_example():
    same = [document(f"f{n}/x.md", n * 0.5, title="Opening hours", headings=("Opening hours",)) for n in range(9)]
    parse_policy(draft_text(same))


def test_a_folder_called_like_a_standard_topic_takes_another_name():
    same = [document(f"complaint/x{n}.md", n * 0.01, title="Complaint forms") for n in range(4)]
    assert "complaint" in {topic.name for topic in parse_policy(draft_text(same)).topics if topic.action == "handoff"}


HOSTILE = st.text(max_size=60) | st.sampled_from(
    ['": [', "# x", "a: b", "- c", "\x00\x07\x1b[31m", "\u2028\u0085", "\ud800", "\\", "{{x}}", "é 😀", "yes", "1"]
)


@settings(max_examples=25, deadline=None)
@given(st.lists(st.tuples(HOSTILE, HOSTILE, HOSTILE, st.floats(0, 6)), min_size=1, max_size=12))
def test_whatever_stands_in_the_documents_the_draft_loads(parts: list[tuple[str, str, str, float]]):
    documents = [
        document(f"{n}/{name}", angle, title=title, headings=(text,), sentences=(text, title))
        for n, (name, title, text, angle) in enumerate(parts)
    ]
    policy = parse_policy(draft_text(documents))
    assert policy.topics
