"""How near questions lie to what is known to be out of scope."""

from __future__ import annotations

import numpy as np
import pytest

from assistant.perimeter.scope.examples import OOS, Example
from assistant.perimeter.scope.grounds import grounds_of, unseen
from assistant.perimeter.scope.heads import FEATURES
from assistant.perimeter.scope.lexicon import fit_lexicon
from assistant.perimeter.scope.outside import ELSEWHERE, IN_SCOPE, OUTSIDE_KEPT, outside_of
from assistant.perimeter.scope.quick import fit_quick
from tests.unit.perimeter.scope.scopes import examples_of, vector_of, vectors_of

LEXICON = fit_lexicon(["where is my parcel", "the weather is a joke", "a song of the weather"])
KNOWN = ["tell me the weather", "a joke", "sing a song"]


def rows_of(texts):
    return np.array([vector_of(text) for text in texts], np.float32)


def test_nothing_known_says_nothing():
    nothing = outside_of(LEXICON, [], np.zeros((0, 12), np.float32))
    assert nothing.distances(LEXICON, ["a joke"], rows_of(["a joke"])).tolist() == [[0, 0]]


def test_the_three_nearest_count_by_meaning_and_by_words():
    asked = ["the weather", "where is my parcel"]
    found = outside_of(LEXICON, KNOWN, rows_of(KNOWN)).distances(LEXICON, asked, rows_of(asked))
    cosines = rows_of(asked) @ rows_of(KNOWN).T
    assert found[:, 0] == pytest.approx(-cosines.mean(axis=1), abs=1e-6)
    shared = (LEXICON.weigh(asked) @ LEXICON.weigh(KNOWN).T).toarray() * 2
    assert found[:, 1] == pytest.approx(-shared.mean(axis=1), abs=1e-6)


@pytest.mark.parametrize(("own", "left"), [(IN_SCOPE, [0, 1, 2]), (0, [2]), (ELSEWHERE, [1, 2])])
def test_what_is_out_of_scope_is_compared_neither_with_itself_nor_with_the_nearest(own, left):
    known = [KNOWN[0], KNOWN[0], "sing a song"]
    asked = rows_of(KNOWN[:1])
    found = outside_of(LEXICON, known, rows_of(known)).distances(LEXICON, KNOWN[:1], asked, np.array([own]))
    others = [known[at] for at in left]
    assert found == pytest.approx(outside_of(LEXICON, others, rows_of(others)).distances(LEXICON, KNOWN[:1], asked))


def test_no_more_are_kept_than_may_be():
    texts = [f"a joke {number}" for number in range(OUTSIDE_KEPT + 5)]
    assert outside_of(LEXICON, texts, rows_of(texts)).vectors.shape == (12, OUTSIDE_KEPT)


@pytest.mark.parametrize("validated", [False, True])
def test_what_is_held_out_is_never_compared_with_itself(validated):
    """Every question out of scope lies where no other does, so that only itself could be near."""
    examples = examples_of(8) + tuple(Example(f"xyz{number}", OOS) for number in range(7))
    vectors = np.concatenate([vectors_of(examples[:24]), np.eye(12, dtype=np.float32)[5:]])
    validation = (examples[20:], vectors[20:]) if validated else None
    numbers = slice(0, 20) if validated else slice(None)
    grounds = grounds_of(examples[numbers], vectors[numbers], validation=validation)
    evidence, truth = unseen(grounds)
    assert evidence.features[truth < 0, FEATURES.index("outside")] == pytest.approx(0, abs=1e-6)


def test_one_labelled_question_out_of_scope_lowers_those_like_it():
    examples, asked = examples_of(10), ["capital football president"]
    with_one = (*examples, Example(asked[0] + " please", OOS))
    before, after = (fit_quick(some, vectors_of(some)).read(asked, rows_of(asked))[1] for some in (examples, with_one))
    assert after < before
