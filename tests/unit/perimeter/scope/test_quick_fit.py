"""The quick fit, on a scope small enough to fit in a moment."""

from __future__ import annotations

import numpy as np
import pytest

from assistant.perimeter.policy import Costs
from assistant.perimeter.scope.classifier import open_classifier
from assistant.perimeter.scope.evidence import ExtraHead, HeadEvidence
from assistant.perimeter.scope.examples import OOS, Example, background, policy_examples
from assistant.perimeter.scope.quick import fit_quick
from tests.unit.perimeter.scope.scopes import TOPICS, examples_of, policy, vector_of, vectors_of


def fit(examples, **more):
    return fit_quick(examples, vectors_of(examples), **more)


def read(model, *texts):
    return model.read(texts, np.array([vector_of(text) for text in texts], np.float32))


@pytest.mark.parametrize(("each", "outside"), [(8, 0), (3, 0), (12, 3), (30, 60)])
def test_what_is_ours_stands_above_what_is_not(each, outside):
    model = fit(examples_of(each, outside=outside))
    topics, inside = read(model, "where is my parcel", "send it back please", "weather joke song")
    assert [model.topics[at] for at in topics[:2].argmax(axis=1)] == ["delivery", "returns"]
    assert inside[:2].min() > inside[2]


def test_probabilities_are_probabilities():
    topics, inside = read(fit(examples_of(8)), "where is my parcel", "", "????")
    assert topics.sum(axis=1) == pytest.approx(1, abs=1e-4)
    assert ((inside >= 0) & (inside <= 1)).all()


@pytest.mark.parametrize("labels", [("a",), ("a", "b")])
def test_one_topic_or_two_can_be_fitted(labels):
    examples = [Example(f"{e.text} {label}", label) for label in labels for e in examples_of(4)[:4]]
    topics, inside = read(fit(examples), "where is my parcel")
    assert topics.shape == (1, len(labels))
    assert np.isfinite(inside).all()


def test_a_topic_with_a_single_example_is_no_obstacle():
    model = fit((*examples_of(6), Example("a gift card", "cards")))
    assert model.topics == ("cards", *TOPICS)


def test_nothing_in_scope_leaves_everything_to_the_evidence():
    model = fit(())
    assert read(model, "hello")[1].tolist() == [0.0]


def test_examples_held_out_are_counted_once_each():
    held = fit(examples_of(10, outside=25)).held_out
    assert (held.inside, held.outside, held.on_background) == (30, 25, False)
    assert held.right <= held.inside


def test_generic_questions_stand_in_for_labelled_ones_and_it_is_said():
    aside = examples_of(0, outside=40, seed=3)
    held = fit(examples_of(10), background=(aside, vectors_of(aside))).held_out
    assert (held.outside, held.on_background) == (40, True)


def test_dearer_wrong_answers_accept_fewer():
    examples = examples_of(20, outside=60)
    cheap, dear = fit(examples, costs=Costs(1, 5, 5)), fit(examples, costs=Costs(100, 1, 1))
    assert dear.held_out.passed_outside <= cheap.held_out.passed_outside
    assert dear.zones.cut > cheap.zones.cut


def test_the_share_of_false_answers_among_the_sure_stays_below_the_policys():
    held = fit(examples_of(20, outside=80), max_false_answers=0.05).held_out
    assert held.answered_outside / held.outside <= 0.05
    assert held.bound >= held.answered_outside / held.outside


def test_with_validation_the_probabilities_come_from_it():
    validation = examples_of(10, outside=30, seed=5)
    held = fit(examples_of(10, outside=4), validation=(validation, vectors_of(validation))).held_out
    assert (held.inside, held.outside) == (30, 34)


def test_the_same_examples_make_the_same_scope():
    first, second = fit(examples_of(8)), fit(examples_of(8))
    assert read(first, "where is it")[1].tolist() == read(second, "where is it")[1].tolist()


def test_a_further_head_joins_the_stack():
    examples = examples_of(10, outside=30)
    truth = np.array([[float(e.label == topic) * 9 for topic in TOPICS] for e in examples], np.float32)
    said = HeadEvidence(truth, truth.max(axis=1, keepdims=True))
    model = fit(examples, extra=[ExtraHead("oracle", said, np.ones(len(examples), bool))])
    assert model.held_out.right == model.held_out.inside
    one = HeadEvidence(np.array([[0, 0, 9]], np.float32), np.array([[9]], np.float32))
    topics, _ = model.read(["it"], np.array([vector_of("it")], np.float32), [one])
    assert model.topics[int(topics.argmax())] == "warranty"


def classifier(examples):
    actions = {topic.name: topic.action for topic in policy().topics}
    return open_classifier(fit(examples), actions, examples, vectors_of(examples))


async def test_a_topics_nearness_is_the_mean_cosine_of_its_two_nearest_examples():
    examples = policy_examples(policy())
    fitted, text = classifier(examples), "where is my parcel"
    [reading] = await fitted.read([text], [vector_of(text)])
    for topic in reading.topics:
        own = sorted(float(np.dot(vector_of(text), vector_of(e.text))) for e in examples if e.label == topic.name)
        assert topic.nearest == pytest.approx(own[-1], abs=1e-5)
        assert topic.score == pytest.approx(sum(own[-2:]) / len(own[-2:]), abs=1e-5)


async def test_reading_together_is_reading_one_by_one():
    fitted, texts = classifier(examples_of(8, outside=3)), ["where is my parcel", "weather joke", "guarantee"]
    together = await fitted.read(texts, [vector_of(text) for text in texts])
    apart = [(await fitted.read([text], [vector_of(text)]))[0] for text in texts]
    for one, other in zip(together, apart, strict=True):
        assert one.in_scope == pytest.approx(other.in_scope, abs=1e-5)
        assert [t.name for t in one.topics] == [t.name for t in other.topics]
        assert (one.zone, one.nearest[0].text) == (other.zone, other.nearest[0].text)


async def test_the_nearest_examples_show_those_out_of_scope_too():
    [reading] = await classifier(examples_of(5, outside=5)).read(["weather joke"], [vector_of("weather joke")])
    assert reading.nearest[0].label == OOS
    assert len(reading.nearest) == 3


async def test_the_nearest_examples_are_those_with_the_largest_cosines_in_order():
    examples, text = examples_of(8, outside=8), "where is my parcel"
    [reading] = await classifier(examples).read([text], [vector_of(text)])
    cosines = sorted((float(np.dot(vector_of(text), vector_of(e.text))) for e in examples), reverse=True)
    assert [near.cosine for near in reading.nearest] == pytest.approx(cosines[:3], abs=1e-5)


async def test_nothing_to_read_is_nothing_read():
    assert await classifier(examples_of(3)).read([], []) == []


def test_the_background_is_long_and_says_nothing_twice():
    texts = [example.text for example in background()]
    assert len(texts) >= 300
    assert len({text.casefold() for text in texts}) == len(texts)
