from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.perimeter.support import SupportWeights, log_odds, measure_support, unknown_names
from assistant.perimeter.wording import content_terms
from assistant.values import PUBLIC, Evidence, Hit, Passage


def passage(text: str, document: str = "d") -> Passage:
    return Passage(f"{document}@0", document, "Returns", "", text, 0, len(text), 0, "1", frozenset({PUBLIC}))


EVIDENCE = Evidence("q", (Hit(passage("A hub can be returned within 30 days."), 1.0, dense=0.45, sparse=3.0),))


def test_a_sentence_that_answers_raises_the_support_and_one_that_does_not_lowers_it() -> None:
    question = "when can a hub be returned"
    unseen = measure_support(question, EVIDENCE)
    assert unseen.answered is None
    assert measure_support(question, EVIDENCE, 0.01).retrieval == unseen.score == unseen.retrieval
    assert measure_support(question, EVIDENCE, 0.99).score > unseen.score
    assert measure_support(question, EVIDENCE, 0.01).score < unseen.score


def test_nothing_kept_is_no_support_whatever_is_said_to_answer() -> None:
    assert measure_support("a question", Evidence("a question"), 0.9).score == 0.0


@pytest.mark.parametrize("answered", [0.0, 0.5, 1.0])
def test_the_score_stays_a_share(answered: float) -> None:
    assert 0.0 <= measure_support("when can a hub be returned", EVIDENCE, answered).score <= 1.0


def test_a_name_in_the_plural_is_the_name_that_the_documents_use() -> None:
    evidence = Evidence("q", (Hit(passage("One RV1 costs £49."), 1.0),))
    assert unknown_names("how much are two RV1s", evidence) == ()
    assert unknown_names("how much are two RV9s", evidence) == ("RV9S",)


def test_words_met_count_by_the_term_of_the_question() -> None:
    long = "can a white hub be returned to the shop"
    assert measure_support("a hub", EVIDENCE).sparse_share > measure_support(long, EVIDENCE).sparse_share


def test_the_score_is_the_logistic_of_the_weights() -> None:
    weights = SupportWeights(bias=-1.0, answered=0.5, sparse=0.1)
    total = -1.0 + 0.5 * log_odds(0.8) + 0.1 * 3.0
    assert measure_support("hub", EVIDENCE, 0.8, weights).score == pytest.approx(1 / (1 + math.exp(-total)))


@pytest.mark.parametrize("certain", [0.0, 1.0])
def test_certainty_is_bounded(certain: float) -> None:
    assert abs(log_odds(certain)) < 6


@pytest.mark.parametrize("written", ["rv-1", "RV1s", "an RV1-kit", "version 2"])
def test_a_name_is_known_however_the_documents_write_it(written: str) -> None:
    asked = "what is v2" if "version" in written else "what is the RV1"
    assert unknown_names(asked, Evidence("q", (Hit(passage(f"We sell {written}."), 1.0),))) == ()


def test_a_name_within_another_is_not_that_name() -> None:
    evidence = Evidence("q", (Hit(passage("We sell the RV12 and the XRV1."), 1.0),))
    assert unknown_names("what is the RV1", evidence) == ("RV1",)


WORDS = st.lists(
    st.sampled_from("Boxes box boxed ’s return returning the other others not Cafés café 2 x ties tying".split())
)


@given(asked=WORDS, told=WORDS)
def test_coverage_is_the_share_of_the_terms_that_the_passages_hold(asked: list[str], told: list[str]) -> None:
    question, text = " ".join(asked), " ".join(told)
    terms = content_terms(question)
    shared = terms & content_terms(f"Returns {text}")
    coverage = measure_support(question, Evidence("q", (Hit(passage(text), 1.0),))).coverage
    assert coverage == (len(shared) / len(terms) if terms else 0.0)
