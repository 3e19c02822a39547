"""The report is one page that asks nothing of anybody and in which no text of a case is live."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime
from html.parser import HTMLParser

import pytest

from assistant.perimeter.policy import Policy, Topic
from assistant.perimeter.report.measuring import Case, Limit, Outcome
from assistant.perimeter.report.page import Report, render
from assistant.perimeter.report.svg import element, percent
from assistant.values import Decision, NearExample, PartVerdict, Verdict

HOSTILE = "</script><script>alert(1)</script><img src=x onerror=alert(2)>\"'><a href=javascript:alert(3)>&lt;b&gt;"
POLICY = Policy(
    organisation="Acme", topics=(Topic("returns", "", examples=("a",)), Topic("law", "", "refuse", examples=("b",)))
)
NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)


def outcome(expected: Decision, decided: Decision, text: str = "a question", *, row: str = "returns") -> Outcome:
    verdict = Verdict(decided, "supported", "because", {"support": 0.7}, nearest=(NearExample("an example", row, 0.6),))
    return Outcome(Case("c-1", text, row), row, expected, verdict, likeliest=row, answerable=0.7, confidence=0.7)


def report(*outcomes: Outcome, policy: Policy = POLICY, limits: tuple[Limit, ...] = ()) -> Report:
    return Report(policy, outcomes, limits, NOW, "cases.csv")


class Elements(HTMLParser):
    """The elements and attributes of a page, and its text."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data


def test_no_text_of_a_case_is_live_wherever_it_stands():
    verdict = Verdict(
        "answer",
        HOSTILE,
        HOSTILE,
        {HOSTILE: 0.5},
        nearest=(NearExample(HOSTILE, HOSTILE, 0.5),),
        parts=(PartVerdict(HOSTILE, "answer", HOSTILE, HOSTILE),),
    )
    case = Case(HOSTILE, HOSTILE, HOSTILE, history=(HOSTILE,), groups=frozenset({"public", HOSTILE}), kind=HOSTILE)
    hostile = Outcome(case, HOSTILE, "refuse", verdict, likeliest=HOSTILE)
    topics = (Topic(HOSTILE, HOSTILE, examples=("a",)), *POLICY.topics)
    made = report(hostile, outcome("answer", "refuse"), policy=replace(POLICY, organisation=HOSTILE, topics=topics))
    page = render(replace(made, source=HOSTILE, release=HOSTILE))
    elements = Elements(page)
    assert [tag for tag, _ in elements.found if tag in {"img", "a", "iframe", "object", "b"} and tag != "b"] == []
    assert sum(tag == "script" for tag, _ in elements.found) == 1
    assert not any(name.startswith("on") for _, attributes in elements.found for name in attributes)
    assert elements.text.count(HOSTILE) >= 8


def test_the_page_fetches_nothing_and_says_so_to_the_browser():
    page = render(report(outcome("answer", "refuse"), outcome("refuse", "answer", row="law")))
    assert "default-src 'none'" in page
    assert re.findall(r"(?:src|href|url|@import)\s*[=(]", page) == []
    assert set(re.findall(r"https?://[^\s\"'<]+", page)) == set()


def test_the_page_shows_what_was_counted():
    page = render(report(outcome("answer", "refuse", "where is it"), outcome("answer", "answer")))
    text = " ".join(Elements(page).text.split())
    assert "where is it" in text
    assert "1 of 2" in text
    assert "“an example”" in text
    assert "refuse, should be answer" in text


def test_every_chart_has_a_name_and_a_description_that_exist():
    page = render(report(outcome("answer", "refuse"), outcome("refuse", "answer", row="law")))
    elements = Elements(page)
    ids = {attributes.get("id") for _, attributes in elements.found}
    charts = [attributes for tag, attributes in elements.found if tag == "svg" and attributes.get("role") == "img"]
    assert len(charts) == 2
    assert all(set(str(each["aria-labelledby"]).split()) <= ids for each in charts)


def test_a_limit_that_was_passed_is_named_at_the_top():
    made = report(outcome("refuse", "answer", row="law"), limits=(Limit("false_answer", 0.02),))
    assert [limit.mistake for limit in made.broken] == ["false_answer"]
    assert "A limit was passed." in render(made)
    assert "Every limit was kept." in render(report(outcome("answer", "answer"), limits=(Limit("false_answer", 0.02),)))


def test_a_report_without_a_wrong_case_or_a_fitted_scope_is_whole():
    page = render(report(outcome("answer", "answer")))
    assert "None." in page
    assert "No scope is fitted" in page


def test_an_element_escapes_its_texts_and_attributes():
    assert element("text", "<&>", x=1.5, class_='"') == '<text x="1.5" class="&quot;">&lt;&amp;&gt;</text>'


@pytest.mark.parametrize(
    ("share", "said"), [(0.0, "0\u00a0%"), (1.0, "100\u00a0%"), (0.025, "2.5\u00a0%"), (1 / 3, "33.3\u00a0%")]
)
def test_a_share_is_said_in_per_cent(share: float, said: str):
    assert percent(share) == said
