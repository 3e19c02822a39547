"""Mistakes by kind with Wilson intervals, the curves made of them, and cases read from files."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.errors import ConfigurationError
from assistant.perimeter.policy import Policy, Topic
from assistant.perimeter.report.cases import read_cases, read_golden, read_history
from assistant.perimeter.report.curves import (
    area_under,
    calibration_error,
    decisions_confused,
    operating_point,
    reliability,
    risk_coverage,
    topics_confused,
)
from assistant.perimeter.report.measuring import (
    Case,
    Limit,
    Outcome,
    Rate,
    by_row,
    expected_decision,
    measure,
    mistake_of,
    tally,
)
from assistant.perimeter.scope.reading import ScopeReading, TopicScore
from assistant.values import Caller, Decision, Evidence, Verdict

POLICY = Policy(
    topics=(
        Topic("returns", "", "answer", examples=("a",)),
        Topic("prices", "", "approve", queue="sales", examples=("b",)),
        Topic("law", "", "refuse", reason="No.", examples=("c",)),
        Topic("complaints", "", "handoff", queue="care", examples=("d",)),
    )
)


def outcome(expected: Decision, decided: Decision, *, row: str = "r", answerable: float = 0.5) -> Outcome:
    verdict = Verdict(decided, "rule", "reason", {"support": answerable})
    case = Case("1", "text", expected)
    return Outcome(case, row, expected, verdict, answerable=answerable, confidence=answerable)


@pytest.mark.parametrize(
    ("expected", "decision"),
    [("returns", "answer"), ("prices", "handoff"), ("law", "refuse"), ("complaints", "handoff"), ("oos", "refuse"),
     ("clarify", "clarify")],
)  # fmt: skip
def test_a_case_expects_what_its_topic_is_treated_with(expected: str, decision: str):
    assert expected_decision(Case("1", "t", expected), POLICY) == decision


def test_a_case_that_expects_what_the_policy_does_not_know_is_named_with_its_place():
    with pytest.raises(ConfigurationError, match=r"cases\.csv, line 3: 'return' is no topic.*returns, prices"):
        expected_decision(Case("1", "t", "return", place="cases.csv, line 3"), POLICY)


@pytest.mark.parametrize(
    ("expected", "decided", "mistake"),
    [
        ("answer", "answer", ""), ("refuse", "answer", "false_answer"), ("handoff", "answer", "false_answer"),
        ("clarify", "answer", "false_answer"), ("answer", "refuse", "false_refusal"),
        ("clarify", "refuse", "false_refusal"), ("handoff", "refuse", "missed_handoff"),
        ("handoff", "clarify", "missed_handoff"), ("answer", "handoff", "needless_handoff"),
        ("refuse", "handoff", "needless_handoff"), ("answer", "clarify", "needless_question"),
    ],
)  # fmt: skip
def test_every_wrong_decision_has_one_name(expected: Decision, decided: Decision, mistake: str):
    assert mistake_of(expected, decided) == mistake


def test_a_rate_is_over_the_cases_in_which_the_mistake_could_be_made():
    found = tally([outcome("answer", "answer"), outcome("answer", "refuse"), outcome("refuse", "answer"),
                   outcome("handoff", "handoff")])  # fmt: skip
    assert (found.right.count, found.right.total) == (2, 4)
    assert found.rates["false_answer"] == Rate(1, 2)
    assert found.rates["false_refusal"] == Rate(1, 2)
    assert found.rates["needless_handoff"] == Rate(0, 3)
    assert found.rates["missed_handoff"] == Rate(0, 1)


def test_rows_add_up_to_the_whole():
    outcomes = [outcome("answer", "refuse", row="a"), outcome("refuse", "answer", row="b"), outcome("answer", "answer")]
    rows = by_row(outcomes)
    assert list(rows) == ["a", "b", "r"]
    assert sum(row.rates["false_answer"].count for row in rows.values()) == tally(outcomes).rates["false_answer"].count


def test_a_strict_limit_holds_the_upper_bound_to_it_and_a_plain_one_the_share():
    found = tally([outcome("refuse", "refuse")] * 20)
    assert Limit("false_answer", 0.02).holds(found)
    assert not Limit("false_answer", 0.02, strict=True).holds(found)
    assert Limit("false_answer", 0.02, strict=True).holds(tally([outcome("refuse", "refuse")] * 200))


OUTCOMES = st.lists(
    st.builds(
        outcome,
        st.sampled_from(["answer", "clarify", "refuse", "handoff"]),
        st.sampled_from(["answer", "clarify", "refuse", "handoff"]),
        answerable=st.floats(0, 1),
    ),
    min_size=1,
    max_size=60,
)


@given(OUTCOMES)
def test_coverage_rises_along_the_curve_to_all_cases_while_the_threshold_falls(outcomes: list[Outcome]):
    points = risk_coverage(outcomes)
    assert all(a.coverage < b.coverage and a.threshold > b.threshold for a, b in pairwise(points))
    assert points[-1].coverage == 1.0
    assert points[-1].risk == pytest.approx(sum(o.expected != "answer" for o in outcomes) / len(outcomes))
    assert 0.0 <= area_under(points) <= 1.0


def test_a_perfect_order_has_no_risk_until_what_should_be_answered_is_covered():
    outcomes = [outcome("answer", "answer", answerable=0.9)] * 3 + [outcome("refuse", "refuse", answerable=0.1)]
    assert [(p.coverage, p.risk) for p in risk_coverage(outcomes)] == [(0.75, 0.0), (1.0, 0.25)]
    assert operating_point(outcomes) == (0.75, 0.0)


def test_the_calibration_error_is_the_weighted_gap_between_said_and_seen():
    outcomes = [outcome("answer", "answer", answerable=0.95)] * 3 + [outcome("refuse", "refuse", answerable=0.95)]
    assert calibration_error(reliability(outcomes)) == pytest.approx(0.2)
    assert calibration_error(reliability([outcome("answer", "answer", answerable=1.0)])) == 0.0


@given(OUTCOMES)
def test_bins_and_the_confusion_map_lose_no_case(outcomes: list[Outcome]):
    assert sum(each.observed.total for each in reliability(outcomes)) == len(outcomes)
    assert sum(map(sum, decisions_confused(outcomes).counts)) == len(outcomes)


@dataclass
class ScriptedConsiderer:
    """Considers a question as its script says, and keeps what it was asked."""

    verdicts: dict[str, Verdict]
    topics: tuple[TopicScore, ...] = ()
    asked: list[tuple[str, Caller, tuple[str, ...]]] = field(default_factory=list)

    async def consider(self, question: str, caller: Caller, *, history: Sequence[str] = ()) -> ScriptedConsidered:
        self.asked.append((question, caller, tuple(history)))
        return ScriptedConsidered(question, self.verdicts[question], ScopeReading(self.topics, in_scope=0.8))


@dataclass
class ScriptedConsidered:
    question: str
    verdict: Verdict
    reading: ScopeReading
    evidence: Evidence = field(default_factory=lambda: Evidence(""))
    timings: dict[str, float] = field(default_factory=dict)


def caller_of(case: Case) -> Caller:
    return Caller("guest:check", groups=case.groups)


async def test_each_case_is_considered_with_its_rights_and_history():
    twin = ScriptedConsiderer({"and in blue?": Verdict("answer", "supported", "", {"support": 0.5})})
    case = Case("1", "and in blue?", "returns", groups=frozenset({"staff"}), history=("a hub",))
    steps: list[int] = []
    found = await measure([case], twin, POLICY, caller_of=caller_of, step=lambda: steps.append(1))
    assert twin.asked == [("and in blue?", Caller("guest:check", groups=frozenset({"staff"})), ("a hub",))]
    assert (found[0].mistake, found[0].row, found[0].answerable, len(steps)) == ("", "returns", 0.5, 1)


async def test_what_is_answerable_is_the_probability_of_the_answered_topics_where_one_is_known():
    topics = (TopicScore("returns", "answer", 0.6, 0.6, 1.0, probability=0.75),
              TopicScore("law", "refuse", 0.2, 0.2, 0.0, probability=0.25))  # fmt: skip
    twin = ScriptedConsiderer({"q": Verdict("answer", "supported", "", {"support": 0.5})}, topics)
    (found,) = await measure([Case("1", "q", "oos")], twin, POLICY, caller_of=caller_of)
    assert found.answerable == pytest.approx(0.6)
    assert (found.likeliest, found.mistake, found.calibrated) == ("returns", "false_answer", True)
    assert topics_confused([found], POLICY) is None


async def test_no_case_is_considered_when_one_of_them_can_not_be():
    twin = ScriptedConsiderer({})
    with pytest.raises(ConfigurationError):
        await measure([Case("1", "q", "oos"), Case("2", "q", "nonsense")], twin, POLICY, caller_of=caller_of)
    assert twin.asked == []


def test_cases_are_read_from_a_csv(tmp_path: Path):
    path = tmp_path / "cases.csv"
    path.write_text(
        'text,expected,groups,history\n"how, then?",returns,public staff,"one\ntwo"\nhi,oos,,\n', "utf-8-sig"
    )
    first, second = read_cases(path)
    assert (first.text, first.history, first.groups) == ("how, then?", ("one", "two"), frozenset({"public", "staff"}))
    assert (second.expected, second.groups, second.history) == ("oos", frozenset({"public"}), ())


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("question,label\na,b\n", "line 1: the columns `text` and `expected`"),
        ("text,expected,colour\na,b,c\n", "'colour' means nothing"),
        ("text,expected\na\n", "line 2: this row"),
        ("text,expected\na,b,c\n", "line 2: this row"),
        ("text,expected\n ,oos\n", "line 2: `text` and `expected`"),
        ('text,expected\n"a,oos\n', "line 2: this is not valid CSV"),
        ("text,expected\n", "holds no cases"),
        ("", "line 1"),
    ],
)
def test_a_csv_that_can_not_be_used_is_refused_with_its_line(tmp_path: Path, text: str, says: str):
    path = tmp_path / "cases.csv"
    path.write_text(text)
    with pytest.raises(ConfigurationError) as caught:
        read_cases(path)
    assert says in str(caught.value)
    assert "cases.csv" in str(caught.value)


def test_golden_cases_are_read_with_their_history_and_kind(tmp_path: Path):
    (tmp_path / "follow_up.jsonl").write_text(
        '{"id": "f1", "kind": "follow_up", "question": "and?", "history": [{"role": "user", "text": "a"}, '
        '{"role": "assistant", "text": "b"}], "groups": ["public"], "expect": {"decision": "answer"}}\n\n'
    )
    (case,) = read_golden(tmp_path)
    assert (case.id, case.kind, case.history, case.expected) == ("f1", "follow up", ("a",), "answer")


@pytest.mark.parametrize("line", ["nonsense", "[]", '{"question": "a"}', '{"question": "a", "expect": 1}'])
def test_a_golden_line_that_is_no_case_is_named(tmp_path: Path, line: str):
    (tmp_path / "x.jsonl").write_text(line)
    with pytest.raises(ConfigurationError, match=r"x\.jsonl, line 1"):
        read_golden(tmp_path)


def test_a_history_is_lines_or_json_lines(tmp_path: Path):
    (tmp_path / "a.txt").write_text("one\n\ntwo\n")
    (tmp_path / "a.jsonl").write_text('{"role": "user", "text": "one"}\n{"role": "assistant", "text": "x"}\n')
    assert read_history(tmp_path / "a.txt") == ("one", "two")
    assert read_history(tmp_path / "a.jsonl") == ("one",)
    (tmp_path / "a.jsonl").write_text("one\n")
    with pytest.raises(ConfigurationError, match=r"a\.jsonl"):
        read_history(tmp_path / "a.jsonl")


@pytest.mark.parametrize("line", ["[1]", "5", "null", '"text"', '{"role": "user"}', "{", "[" * 100_000])
def test_a_line_of_a_history_that_can_not_be_read_is_named(tmp_path: Path, line: str):
    (tmp_path / "a.jsonl").write_text('{"role": "user", "text": "one"}\n\n' + line + "\n")
    with pytest.raises(ConfigurationError, match=r"a\.jsonl, line 3: write an object"):
        read_history(tmp_path / "a.jsonl")
