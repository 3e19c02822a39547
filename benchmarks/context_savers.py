"""What a conversation takes in LangGraph's SQLite saver as it comes, every message in the state."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Annotated, Any, TypedDict

from langchain_core.messages import AIMessage, AnyMessage, HumanMessage
from langgraph.graph import START, StateGraph
from langgraph.graph.message import add_messages


class _Messages(TypedDict):
    messages: Annotated[list[AnyMessage], add_messages]


def sqlite_saver_bytes(
    messages: Sequence[str], talk: Iterator[str], at: Sequence[int], *, nodes: int = 1
) -> dict[int, int]:
    """Bytes of LangGraph's SQLite saver with all messages in the state, after these numbers of turns.

    `nodes` is how many nodes a turn passes: the saver writes a checkpoint after each.
    """
    from langgraph.checkpoint.sqlite import SqliteSaver

    def talk_once(state: _Messages) -> dict[str, Any]:  # noqa: ARG001 - a node's signature
        return {"messages": [AIMessage(next(talk))]}

    graph = StateGraph(_Messages)
    graph.add_node("node 0", talk_once)
    graph.add_edge(START, "node 0")
    for number in range(1, nodes):
        graph.add_node(f"node {number}", lambda _: {"messages": []})
        graph.add_edge(f"node {number - 1}", f"node {number}")
    sizes: dict[int, int] = {}
    with tempfile.TemporaryDirectory(prefix="saver-") as folder:
        path = Path(folder) / "checkpoints.sqlite"
        with SqliteSaver.from_conn_string(str(path)) as saver:
            compiled = graph.compile(checkpointer=saver)
            for turn, message in enumerate(messages, start=1):
                compiled.invoke({"messages": [HumanMessage(message)]}, {"configurable": {"thread_id": "one"}})
                if turn in at:
                    sizes[turn] = sum(file.stat().st_size for file in Path(folder).iterdir())
    return sizes
