from assistant.memory.contents import OUTDATED, Memory, Pin, SummaryLine, WindowTurn
from assistant.memory.taint import cleanse, sources

NOW = {"returns.md": "v2"}


def turn(name: str, **documents: str) -> WindowTurn:
    held = {key.replace("_", "."): version for key, version in documents.items()}
    return WindowTurn(
        turn=name, at="", user=f"Question {name}", assistant="30 days", documents=held, titles=["Returns"]
    )


def line(name: str, turns: list[str], **documents: str) -> SummaryLine:
    held = {key.replace("_", "."): version for key, version in documents.items()}
    return SummaryLine(id=name, section="facts", text="Returns take 30 days", turns=turns, documents=held)


def pin(name: str, **documents: str) -> Pin:
    held = {key.replace("_", "."): version for key, version in documents.items()}
    return Pin(
        id=name,
        kind="date",
        label="",
        text="30 days",
        speaker="assistant",
        turn="a",
        documents=held,
        superseded_by="",
    )


def test_everything_resting_on_a_changed_document_is_dropped_and_the_rest_stays() -> None:
    memory = Memory(
        window=[turn("w1", returns_md="v1"), turn("w2", returns_md="v2")],
        summary=[line("l1", ["a"], returns_md="v1"), line("l2", ["b"], returns_md="v2"), line("l3", ["c"])],
        pins=[pin("p1", returns_md="v1"), pin("p2", returns_md="v2"), pin("p3")],
    )
    cleansed = cleanse(memory, NOW).memory
    assert [line["id"] for line in cleansed["summary"]] == ["l2", "l3"]
    assert [pin["id"] for pin in cleansed["pins"]] == ["p2", "p3"]
    assert [turn["assistant"] for turn in cleansed["window"]] == [OUTDATED, "30 days"]


def test_what_the_user_asked_stays_when_the_answer_is_outdated() -> None:
    (left,) = cleanse(Memory(window=[turn("w1", returns_md="v1")]), NOW).memory["window"]
    assert left["user"] == "Question w1"
    assert (left["documents"], left["titles"]) == ({}, [])


def test_a_document_that_went_or_may_no_longer_be_read_is_stale_in_every_version() -> None:
    assert cleanse(Memory(summary=[line("l", ["a"], goodwill_md="v1")]), NOW).memory["summary"] == []


def test_a_line_resting_on_two_documents_goes_with_either() -> None:
    memory = Memory(summary=[line("l", ["a"], returns_md="v2", gone_md="v1")])
    assert cleanse(memory, NOW).memory["summary"] == []


def test_turns_whose_only_line_was_dropped_are_named_to_be_told_anew() -> None:
    memory = Memory(summary=[line("l1", ["a", "b"], returns_md="v1"), line("l2", ["b"], returns_md="v2")])
    assert cleanse(memory, NOW).bereft == ("a",)


def test_the_sources_of_a_memory_are_those_of_all_its_parts() -> None:
    memory = Memory(window=[turn("w", a="1")], summary=[line("l", [], b="1")], pins=[pin("p", c="1")])
    assert sources(memory) == {"a", "b", "c"}
