import pytest
from hypothesis import given
from hypothesis import strategies as st
from langchain_core.messages import HumanMessage, SystemMessage

from assistant.memory.assembly import BudgetPolicy, assemble
from assistant.memory.contents import SummaryLine, WindowTurn
from assistant.memory.tokens import count_message

POLICY = BudgetPolicy(total=1_500, reply=300, tools=100, question_floor=200)
SYSTEM = "You are the assistant. Answer from the passages only."

texts = st.text(max_size=1_500)
turns = st.builds(
    lambda user, said: WindowTurn(at="", turn="t", user=user, assistant=said, documents={}, titles=[]), texts, texts
)
lines = st.builds(lambda text: SummaryLine(id="", section="facts", text=text, turns=["t"], documents={}), texts)


@given(
    question=texts,
    passages=st.lists(texts, max_size=6),
    window=st.lists(turns, max_size=6),
    summary=st.lists(lines, max_size=6),
    recalled=st.lists(turns, max_size=3),
)
def test_the_prompt_never_exceeds_its_budget_and_system_and_question_are_there(
    question: str,
    passages: list[str],
    window: list[WindowTurn],
    summary: list[SummaryLine],
    recalled: list[WindowTurn],
) -> None:
    prompt = assemble(
        system=SYSTEM,
        question=question,
        passages=passages,
        window=window,
        summary=summary,
        recalled=recalled,
        policy=POLICY,
    )
    assert sum(count_message(str(m.content)) for m in prompt.messages) <= POLICY.total - POLICY.reply - POLICY.tools
    assert isinstance(prompt.messages[0], SystemMessage)
    assert str(prompt.messages[0].content).startswith(SYSTEM)
    assert isinstance(prompt.messages[-1], HumanMessage)
    assert not question or str(prompt.messages[-1].content).endswith(question[-1:])


def test_a_question_too_long_for_the_budget_is_cut_in_the_middle_and_said_so() -> None:
    question = "begin " + "word " * 5_000 + "end"
    prompt = assemble(system=SYSTEM, question=question, passages=[], window=[], summary=[], recalled=[], policy=POLICY)
    assert "cut" in str(prompt.messages[-1].content)
    assert prompt.left_out == ("question: cut in the middle",)


def test_what_does_not_fit_is_named_in_the_ledger() -> None:
    window = [WindowTurn(at="", turn="t", user="x " * 3_000, assistant="y", documents={}, titles=[])]
    prompt = assemble(system=SYSTEM, question="q", passages=[], window=window, summary=[], recalled=[], policy=POLICY)
    assert prompt.left_out == ("window: 1 of 1 turns did not fit",)
    assert prompt.ledger["window"] == 0


def test_a_budget_without_room_for_a_question_is_refused() -> None:
    with pytest.raises(ValueError, match="no room for a question"):
        assemble(system="x " * 2_000, question="q" * 50, passages=[], window=[], summary=[], recalled=[], policy=POLICY)
