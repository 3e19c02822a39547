"""Intent rules: what asks for a person, is small talk, unhappy, about a ticket or vague; and what only looks so."""

import pytest

from assistant.perimeter.intent import (
    asks_for_person,
    asks_ticket_status,
    is_unhappy,
    is_vague,
    read_intent,
    small_talk_kind,
)

ASKS = [
    "talk to a human", "Can I speak with someone?", "agent please", "AGENT", "human", "operator", "customer service",
    "I want to talk to a real person", "connect me to an agent", "please put me through to your support team",
    "transfer me to a supervisor", "I'd like to chat with a representative", "can a human help me?",
    "is there someone I can talk to?", "is there a person I can speak to", "get me a human now", "I need a human",
    "let me speak to your "
    "manager!", "can someone call me back", "Please open a ticket", "i don't want to talk to a bot",
    "stop talking to me like this. I want a person", "I don't want a bot, I want a human", "escalate this please",
    "Hi, could I talk to somebody from customer care?", "why can't I talk to a person", "how do I speak to an adviser",
    "ｔａｌｋ to a ｈｕｍａｎ", "talk to a hu\u200bman", "why don't you let me talk to a human",
    "that didn't help. is there somebody I can ring or chat with who isn't a "
    "bot", "hand me over to a colleague, a live agent",
]  # fmt: skip
ASKS_NOT = [
    "I don't want to talk to a "
    "person", "can a person return it?", "no need to speak to an agent", "Don't connect me to an agent",
    "how many people can use one account?", "I'd rather not talk to anyone", "does a person have to be home to sign?",
    "How do my customers talk to an agent in the dialog skill?", "the courier wanted to talk to someone",
    "I was talking to an agent yesterday and the line dropped", "What is a human agent transfer node?",
    "which agent delivers parcels", "I need a person to be at home, right?", "what does the support plan cost",
    "can I return it without talking to anyone", "Can users chat with agents?", "is the manager app free?",
    "who is the operator of the website", "what is customer service like on weekends", "do you have a team plan",
    "How do I open a support "
    "case?", "I spoke to someone who said 30 days", "instead of talking to a person, can I do it online?",
    "do I need an operator licence", "the ticket for the concert", "",
]  # fmt: skip


@pytest.mark.parametrize("message", ASKS)
def test_asking_for_a_person_is_understood(message: str):
    assert asks_for_person(message)


@pytest.mark.parametrize("message", ASKS_NOT)
def test_speaking_of_people_is_not_asking_for_one(message: str):
    assert not asks_for_person(message)


@pytest.mark.parametrize(
    ("message", "kind"),
    [
        ("Thanks!", "thanks"), ("thank you so "
                                "much 🙏", "thanks"), ("ok thanks", "thanks"), ("no thanks, that's all", "bye"),
        ("Hello", "hello"), ("hi there!", "hello"), ("Good morning "
                                                     "everyone", "hello"), ("Hi, how are you?", "how_are_you"),
        ("bye bye", "bye"), ("what can you do?", "capabilities"), ("Hello! What can you help me with?", "capabilities"),
        ("are you a bot?", "identity"), ("perfect", "acknowledge"), ("Great, got it. Thank you!", "thanks"),
        ("thanks, and how do I return "
         "it?", ""), ("hello, my parcel is late", ""), ("what can you do about my refund", ""),
        ("yes", ""), ("no", ""), ("thank you letter template", ""), ("hi5 gloves", ""), ("", ""), ("?!", ""),
        ("bye " * 100, ""), ("good thermostat?", ""),
    ],
)  # fmt: skip
def test_small_talk_is_small_talk_only_when_it_is_the_whole_message(message: str, kind: str):
    assert small_talk_kind(message) == kind


@pytest.mark.parametrize(
    "message",
    [
        "this is useless", "You are useless!", "that's the third time I "
                                               "ask", "your bot is a joke", "this is ridiculous",
        "I'm really "
        "frustrated", "stupid bot", "how many times do I have to ask", "waste of time", "I already told you that",
    ],
)  # fmt: skip
def test_unhappiness_is_noticed(message: str):
    assert is_unhappy(message)


@pytest.mark.parametrize(
    "message",
    [
        "Is this useful?", "the old app was useless without wifi, is the new one better?", "third time lucky",
        "does the useless-box toy need batteries", "how do I reset it a second time", "I have had enough time, thanks",
        "what makes people angry about the update",
    ],
)  # fmt: skip
def test_strong_words_about_something_else_are_not_unhappiness(message: str):
    assert not is_unhappy(message)


@pytest.mark.parametrize(
    ("message", "status"),
    [
        ("what's the status of my "
         "ticket", True), ("T-1001", True), ("any news on t-1042?", True), ("where is my ticket", True),
        ("has anyone looked at my case", True), ("status of my order", False), ("how do tickets work?", False),
        ("My model is RT-1001x", False), ("T-shirt sizes", False), ("is 27-t-1001 a valve?", False),
    ],
)  # fmt: skip
def test_asking_for_a_ticket_is_told_from_other_questions(message: str, status: bool):
    assert asks_ticket_status(message) is status


def test_the_ticket_number_is_read():
    assert read_intent("any news about t-1042 ?").ticket_number == "T-1042"
    assert read_intent("any news?").ticket_number == ""


@pytest.mark.parametrize(
    "message",
    ["it doesn't work", "help", "price?", "Help me please", "I have a question", "how much", "how long does that take"],
)
def test_a_message_without_a_subject_is_vague(message: str):
    assert is_vague(message)


@pytest.mark.parametrize(
    "message", ["thermostat price?", "the valve doesn't work", "Virtualization", "E2", "refund", "wifi help", ""]
)
def test_a_message_with_a_subject_is_not_vague(message: str):
    assert not is_vague(message)


def test_vagueness_is_judged_by_the_question_that_stands_alone():
    assert not read_intent("how much is it?", "how much is the leak sensor?").vague
