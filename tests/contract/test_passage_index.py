"""What every passage index does, run on the embedded engine, on Qdrant's client, and on the in-memory twin."""

from __future__ import annotations

import asyncio
import random
import subprocess
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from assistant.adapters.qdrant_edge import open_edge_index
from assistant.adapters.qdrant_server import open_qdrant_index
from assistant.errors import ConfigurationError, DataFolderInUseError, UnavailableError
from assistant.ports import IndexQuery, PassageIndex
from assistant.testing.index import MemoryIndex, WordEmbedder
from assistant.values import Hit, Passage

PUBLIC = frozenset({"public"})
EMBEDDER = WordEmbedder()
Opener = Callable[..., AbstractAsyncContextManager[PassageIndex]]


@asynccontextmanager
async def _memory(_: Path) -> AsyncIterator[PassageIndex]:
    yield MemoryIndex()


def _edge(path: Path) -> AbstractAsyncContextManager[PassageIndex]:
    return open_edge_index(path / "edge", embedder="words", dimensions=64)


def _client(path: Path) -> AbstractAsyncContextManager[PassageIndex]:
    return open_qdrant_index(f"local:{path / 'client'}", embedder="words", dimensions=64)


@pytest.fixture(params=[_memory, _edge, _client], ids=["memory", "edge", "client"])
async def index(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[PassageIndex]:
    async with request.param(tmp_path) as opened:
        yield opened


def passage(document: str, ordinal: int, text: str, audience: frozenset[str] = PUBLIC) -> Passage:
    return Passage(
        id=f"{document}@{ordinal}",
        document_id=document,
        title=f"Title of {document}",
        section="Returns > United Kingdom",
        text=text,
        start=10,
        end=10 + len(text),
        ordinal=ordinal,
        version="v1",
        audience=audience,
        url="https://help.example/a",
        superseded_by="new.md",
    )


RETURNS = passage("returns.md", 0, "You have thirty days to return an unwanted thermostat.")
LABEL = passage("returns.md", 1, "A prepaid label is valid for twenty-one days.")
WARRANTY = passage("warranty.md", 0, "Hubs carry a warranty of two years from delivery.")
STAFF = passage("staff/refunds.md", 0, "Staff may refund a thermostat after thirty days.", frozenset({"staff"}))
ALL = [RETURNS, LABEL, WARRANTY, STAFF]


async def fill(index: PassageIndex, passages: list[Passage] = ALL) -> None:
    await index.upsert(passages, await EMBEDDER.encode([p.indexed_text for p in passages]))
    await index.commit()


async def find(index: PassageIndex, text: str, groups: frozenset[str] = PUBLIC, limit: int = 10) -> list[Hit]:
    (vector,) = await EMBEDDER.encode([text])
    return await index.search(IndexQuery(text, vector, groups, limit))


async def test_the_passage_about_the_question_comes_first_and_comes_back_whole(index: PassageIndex) -> None:
    await fill(index)
    hits = await find(index, "how many days to return a thermostat")
    assert hits[0].passage == RETURNS
    assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)


async def test_a_hit_carries_its_cosine_and_its_bm25_score(index: PassageIndex) -> None:
    await fill(index)
    (hit, *others) = await find(index, RETURNS.indexed_text)
    assert hit.passage == RETURNS
    assert hit.dense == pytest.approx(1.0, abs=1e-4)
    assert hit.sparse > max(other.sparse for other in others) > 0


async def test_a_question_without_known_words_is_searched_by_meaning_alone(index: PassageIndex) -> None:
    await fill(index)
    hits = await find(index, "the of and")
    assert {hit.sparse for hit in hits} <= {0.0} or isinstance(index, MemoryIndex)


async def test_no_group_finds_nothing(index: PassageIndex) -> None:
    await fill(index)
    assert await find(index, "thermostat", frozenset()) == []


async def test_a_passage_for_others_is_never_found(index: PassageIndex) -> None:
    await fill(index)
    assert STAFF not in [hit.passage for hit in await find(index, STAFF.text)]
    assert (await find(index, STAFF.text, frozenset({"public", "staff"})))[0].passage == STAFF


async def test_a_passage_for_nobody_is_never_found(index: PassageIndex) -> None:
    nobody = passage("lost.md", 0, "Nobody may read about the thermostat.", frozenset())
    await fill(index, [*ALL, nobody])
    groups = frozenset({"public", "staff", "operator", ""})
    assert nobody not in [hit.passage for hit in await find(index, nobody.text, groups)]


async def test_removing_a_document_removes_all_its_passages_and_no_others(index: PassageIndex) -> None:
    await fill(index)
    await index.remove(["returns.md", "absent.md"])
    await index.commit()
    assert {hit.passage.document_id for hit in await find(index, "label return warranty")} == {"warranty.md"}


async def test_removing_nothing_removes_nothing(index: PassageIndex) -> None:
    await fill(index)
    await index.remove([])
    assert len(await find(index, "days")) == 3


async def test_a_passage_written_again_takes_the_place_of_the_old_one(index: PassageIndex) -> None:
    await fill(index)
    newer = passage("returns.md", 0, "You have fourteen days to return an unwanted thermostat.")
    await fill(index, [newer])
    texts = [hit.passage.text for hit in await find(index, "return thermostat")]
    assert newer.text in texts
    assert RETURNS.text not in texts


async def test_no_more_than_the_limit_comes_back(index: PassageIndex) -> None:
    await fill(index)
    assert len(await find(index, "days", limit=2)) == 2


async def test_an_empty_index_finds_nothing_and_is_well(index: PassageIndex) -> None:
    assert await find(index, "anything") == []
    part = await index.health()
    assert (part.name, part.well) == ("index", True)


async def test_both_engines_give_the_same_order(tmp_path: Path) -> None:
    rng = random.Random(7)
    words = "return label warranty thermostat hub battery refund delivery parcel invoice days free cost".split()
    words += [f"word{n}" for n in range(150)]
    weights = [1 / (n + 3) for n in range(len(words))]
    passages = [
        passage(f"d{n}.md", 0, " ".join(rng.choices(words, weights, k=rng.randint(15, 90)))) for n in range(120)
    ]
    async with _edge(tmp_path) as edge, _client(tmp_path) as client:
        await fill(edge, passages)
        await fill(client, passages)
        for question in ("battery refund", "what does delivery of a parcel cost", "word7 warranty of a word31", "the"):
            here, there = await find(edge, question, limit=8), await find(client, question, limit=8)
            assert [hit.passage.id for hit in here] == [hit.passage.id for hit in there]
            assert [hit.sparse for hit in here] == pytest.approx([hit.sparse for hit in there], abs=1e-3)
            assert [hit.dense for hit in here] == pytest.approx([hit.dense for hit in there], abs=1e-3)


def _identity(change: dict[str, object]) -> dict[str, Any]:
    return {"embedder": "words", "dimensions": 64, **change}


@pytest.fixture(params=["edge", "client"])
def reopen(request: pytest.FixtureRequest, tmp_path: Path) -> Opener:
    def edge(**change: object) -> AbstractAsyncContextManager[PassageIndex]:
        return open_edge_index(tmp_path / "edge", **_identity(change))

    def client(**change: object) -> AbstractAsyncContextManager[PassageIndex]:
        return open_qdrant_index(f"local:{tmp_path / 'c'}", **_identity(change))

    return {"edge": edge, "client": client}[request.param]


async def test_what_was_committed_is_there_when_opened_again(reopen: Opener) -> None:
    async with reopen() as index:
        await fill(index)
    async with reopen() as index:
        assert (await find(index, "warranty of hubs"))[0].passage == WARRANTY


@pytest.mark.parametrize("change", [{"embedder": "other"}, {"dimensions": 32}])
async def test_an_index_made_with_another_embedder_is_refused_naming_both(
    reopen: Opener, change: dict[str, object]
) -> None:
    async with reopen() as index:
        await fill(index)
    with pytest.raises(ConfigurationError, match=r"words.*64.*(other|32).*--rebuild"):
        async with reopen(**change):
            pass


async def test_a_rebuild_takes_over_with_its_first_commit_and_not_before(reopen: Opener) -> None:
    async with reopen() as index:
        await fill(index)
    async with reopen(embedder="other", rebuild=True) as index:
        await index.upsert([WARRANTY], await EMBEDDER.encode([WARRANTY.indexed_text]))
    async with reopen() as index:
        assert len(await find(index, "days")) == 3
    async with reopen(embedder="other", rebuild=True) as index:
        await fill(index, [WARRANTY])
    async with reopen(embedder="other") as index:
        assert [hit.passage for hit in await find(index, "days")] == [WARRANTY]


async def test_a_second_process_is_told_that_the_folder_is_in_use(tmp_path: Path) -> None:
    script = (
        "import asyncio,sys,pathlib\n"
        "from assistant.adapters.qdrant_edge import open_edge_index\n"
        "from assistant.errors import DataFolderInUseError\n"
        "async def main():\n"
        "    async with open_edge_index(pathlib.Path(sys.argv[1]), embedder='words', dimensions=64): pass\n"
        "try: asyncio.run(main())\n"
        "except DataFolderInUseError as error: print(error); sys.exit(7)\n"
    )
    async with _edge(tmp_path):
        command = [sys.executable, "-c", script, str(tmp_path / "edge")]
        done = await asyncio.to_thread(subprocess.run, command, capture_output=True, text=True, timeout=60)
    assert done.returncode == 7, done.stderr
    assert "open in another process" in done.stdout


async def test_one_process_opening_it_twice_is_told_as_well(tmp_path: Path) -> None:
    async with _edge(tmp_path):
        with pytest.raises(DataFolderInUseError):
            async with _edge(tmp_path):
                pass


async def test_a_server_that_is_not_there_is_named_within_five_seconds() -> None:
    async with asyncio.timeout(5):
        with pytest.raises(UnavailableError, match=r"index: http://127\.0\.0\.1:9 can't be reached"):
            async with open_qdrant_index("http://127.0.0.1:9", embedder="words", dimensions=64):
                pass


async def test_a_server_that_never_answers_is_given_up_within_five_seconds() -> None:
    over = asyncio.Event()

    async def keep_silent(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await over.wait()
        writer.close()
        await writer.wait_closed()

    async with await asyncio.start_server(keep_silent, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        async with asyncio.timeout(5):
            with pytest.raises(UnavailableError, match=f":{port} can't be reached"):
                async with open_qdrant_index(f"http://127.0.0.1:{port}", embedder="words", dimensions=64):
                    pass
        over.set()
        await asyncio.sleep(0)
