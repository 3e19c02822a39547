"""Words and pieces of words, as a sparse row a text."""

from __future__ import annotations

import numpy as np
import pytest

from assistant.perimeter.scope.lexicon import BLOCK_WEIGHT, fit_lexicon

TEXTS = ["where is my parcel", "send my parcel back, please", "a guarantee"]


def test_the_short_way_gives_what_the_sparse_product_gives():
    lexicon = fit_lexicon(TEXTS)
    matrix = np.random.default_rng(0).normal(size=(len(lexicon.idf), 4)).astype(np.float32)
    asked = ["where is the parcel parcel", "???", "", "my guarantee"]
    assert lexicon.times(asked, matrix) == pytest.approx(lexicon.weigh(asked) @ matrix, abs=1e-6)


def test_no_text_is_no_row():
    assert fit_lexicon(TEXTS).times([], np.ones((len(fit_lexicon(TEXTS).idf), 4), np.float32)).shape == (0, 4)


def test_words_and_pieces_weigh_the_same_however_long_the_text():
    rows = fit_lexicon(TEXTS).weigh([TEXTS[0], TEXTS[0] * 3])
    assert np.sqrt(rows.multiply(rows).sum(axis=1)) == pytest.approx(BLOCK_WEIGHT * np.sqrt(2))
