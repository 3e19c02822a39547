"""The contract of `ports.Documents`."""

from __future__ import annotations

from dataclasses import replace

import pytest

from assistant.values import Document
from tests.servers.stores import ALL, SQL, opened_stores

EVERYONE = frozenset({"public"})
RETURNS = Document(
    id="returns",
    title="Returns",
    text="You can return within 30 days.",
    audience=EVERYONE,
    version="v1",
    source="folder",
    url="https://example.org/returns",
    updated="2026-01-02",
)


@pytest.fixture(params=ALL)
async def stores(request):
    async with opened_stores(request.param) as stores:
        yield stores


@pytest.fixture(params=SQL)
async def sql_stores(request):
    async with opened_stores(request.param) as stores:
        yield stores


async def test_a_saved_document_comes_back_as_it_was(stores):
    await stores.documents.save([RETURNS], passages={"returns": 3})
    assert await stores.documents.get("returns", EVERYONE) == RETURNS


async def test_saving_again_replaces(stores):
    changed = replace(RETURNS, version="v2", text="Forty days.", superseded_by="returns-2027")
    await stores.documents.save([RETURNS], passages={"returns": 3})
    await stores.documents.save([changed], passages={"returns": 5})
    assert await stores.documents.get("returns", EVERYONE) == changed
    assert await stores.documents.count() == {"documents": 1, "passages": 5}


async def test_versions_are_those_of_one_source(stores):
    other = replace(RETURNS, id="billing", source="other", version="b1")
    await stores.documents.save([RETURNS, other], passages={})
    assert await stores.documents.versions("folder") == {"returns": "v1"}
    assert await stores.documents.versions("nowhere") == {}


async def test_an_empty_manifest_counts_zero(stores):
    await stores.documents.save([], passages={})
    assert await stores.documents.count() == {"documents": 0, "passages": 0}


async def test_removed_documents_are_gone_and_absent_ones_do_no_harm(stores):
    many = [replace(RETURNS, id=f"d{number}") for number in range(1201)]
    await stores.documents.save([RETURNS, *many], passages={})
    await stores.documents.remove(document.id for document in [*many, replace(RETURNS, id="absent")])
    assert await stores.documents.versions("folder") == {"returns": "v1"}


@pytest.mark.parametrize("groups", [frozenset(), frozenset({"public"}), frozenset({"staf"})])
async def test_a_document_for_others_is_as_absent_as_one_that_is_not_there(stores, groups):
    await stores.documents.save([replace(RETURNS, audience=frozenset({"staff"}))], passages={})
    assert await stores.documents.get("returns", groups) is None
    assert await stores.documents.get("absent", groups) is None


async def test_current_are_the_versions_now_of_what_exists_and_may_be_read(stores):
    await stores.documents.save(
        [
            RETURNS,
            replace(RETURNS, id="fees", version="v7"),
            replace(RETURNS, id="wages", audience=frozenset({"staff"})),
            replace(RETURNS, id="nobody", audience=frozenset()),
        ],
        passages={},
    )
    asked = ["returns", "wages", "nobody", "absent", "returns"]
    assert await stores.documents.current(asked, EVERYONE) == {"returns": "v1"}
    assert await stores.documents.current(asked, frozenset()) == {}
    assert await stores.documents.current([], EVERYONE) == {}
    await stores.documents.save([replace(RETURNS, version="v2")], passages={})
    assert await stores.documents.current(iter(asked), EVERYONE) == {"returns": "v2"}


async def test_current_can_be_asked_of_more_documents_than_a_query_holds(stores):
    many = [replace(RETURNS, id=f"d{number}") for number in range(1201)]
    await stores.documents.save(many, passages={})
    assert len(await stores.documents.current((document.id for document in many), EVERYONE)) == 1201


async def test_one_shared_group_is_enough(stores):
    document = replace(RETURNS, audience=frozenset({"staff", "legal"}))
    await stores.documents.save([document], passages={})
    assert await stores.documents.get("returns", frozenset({"public", "legal"})) == document


async def test_a_document_for_nobody_is_read_by_nobody(stores):
    await stores.documents.save([replace(RETURNS, audience=frozenset())], passages={})
    assert await stores.documents.get("returns", frozenset({"public", "staff", ""})) is None


async def test_cleaning_a_text_keeps_every_offset(sql_stores):
    await sql_stores.documents.save([replace(RETURNS, text="a\0b\ud800c", title="T\0\udfff")], passages={})
    stored = await sql_stores.documents.get("returns", EVERYONE)
    assert (stored.text, stored.title) == ("a\ufffdb\ufffdc", "T\ufffd")
