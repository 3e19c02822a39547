"""The contracts of `ports.Preferences` and `ports.Calibrations`."""

from __future__ import annotations

import asyncio

import pytest

from assistant.values import Calibration
from tests.servers.stores import ALL, opened_stores


@pytest.fixture(params=ALL)
async def stores(request):
    async with opened_stores(request.param) as stores:
        yield stores


async def test_nobody_recalls_across_conversations_until_they_say_so(stores):
    assert await stores.preferences.recalls_across("ada") is False


async def test_the_choice_is_the_last_one_made(stores):
    for choice in (True, True, False, True):
        await stores.preferences.set_recall_across("ada", choice)
        assert await stores.preferences.recalls_across("ada") is choice


async def test_a_choice_is_one_users(stores):
    await stores.preferences.set_recall_across("ada", True)
    assert await stores.preferences.recalls_across("eve") is False


async def test_choosing_many_times_at_once_is_one_choice(stores):
    await asyncio.gather(*(stores.preferences.set_recall_across("ada", True) for _ in range(10)))
    assert await stores.preferences.recalls_across("ada") is True


async def test_a_model_nothing_was_learned_of_has_no_calibration(stores):
    assert await stores.calibrations.get("qwen") is None


async def test_what_was_learned_last_is_what_counts(stores):
    for learned in (Calibration(1.25, 1), Calibration(1.0 / 3.0, 7)):
        await stores.calibrations.put("qwen", learned)
        assert await stores.calibrations.get("qwen") == learned


async def test_each_model_has_its_own(stores):
    await stores.calibrations.put("qwen", Calibration(1.25, 1))
    await stores.calibrations.put("gpt", Calibration(0.9, 2))
    assert await stores.calibrations.get("qwen") == Calibration(1.25, 1)
