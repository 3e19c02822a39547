"""Intent rules: what asks for a person, is small talk, unhappy, about a ticket or vague; and what only looks so."""

from pathlib import Path

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
    "Hi, could I talk to somebody from customer care?", "why can't I talk to a person",
    "how do I speak to an adviser",
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


FOREIGN_ASKS = [
    "Ich möchte mit einem Menschen sprechen", "Kann ich bitte mit jemandem reden?",
    "verbinden Sie mich mit Ihrem Support",
    "Mitarbeiter bitte", "Ich will nicht mit einem Bot sprechen", "ich brauche einen echten Mitarbeiter",
    "Je voudrais parler à quelqu'un", "puis-je parler a un conseiller ?", "passez-moi un agent", "un humain svp",
    "Quiero hablar con una persona", "puedo hablar con un agente?", "páseme con un supervisor", "agente por favor",
    "Vorrei parlare con una persona", "posso parlare con un operatore?", "operatore", "mi passi un responsabile",
    "Ik wil met een medewerker spreken", "kan ik iemand spreken? ik wil iemand spreken", "medewerker graag",
    "verbind me door met een mens", "Quero falar com uma pessoa", "posso falar com um atendente?",
    "atendente por favor",
    "Chcę rozmawiać z człowiekiem", "czy mogę porozmawiać z konsultantem?", "proszę mnie połączyć z pracownikiem",
    "konsultant", "Nie chcę rozmawiać z botem",
]  # fmt: skip
FOREIGN_ASKS_NOT = [
    "Ich möchte nicht mit einem Menschen sprechen", "Muss jemand zu Hause sein?",
    "Können meine Kunden mit einem Mitarbeiter "
    "sprechen?", "ich habe gestern mit einem Mitarbeiter gesprochen", "Wie viele Personen können die App nutzen?",
    "Je ne veux pas parler à quelqu'un", "combien de personnes peuvent utiliser l'application ?",
    "j'ai parlé avec un conseiller hier", "le livreur voulait parler avec quelqu'un", "No quiero hablar con nadie",
    "¿cuántas personas pueden usar la cuenta?", "hablé con un agente ayer", "Non voglio parlare con una persona",
    "quante persone possono usare l'app?", "ho parlato con un operatore ieri",
    "Ik wil niet met een medewerker spreken",
    "moet er iemand thuis zijn?", "hoeveel mensen kunnen de app gebruiken?", "Não quero falar com ninguém",
    "quantas pessoas podem usar a conta?", "falei com um atendente ontem", "Nie chcę rozmawiać z człowiekiem",
    "ile osób może korzystać z aplikacji?", "rozmawiałem z konsultantem wczoraj",
]  # fmt: skip


@pytest.mark.parametrize("message", [*ASKS, *FOREIGN_ASKS])
def test_asking_for_a_person_is_understood(message: str):
    assert asks_for_person(message)


@pytest.mark.parametrize("message", [*ASKS_NOT, *FOREIGN_ASKS_NOT])
def test_speaking_of_people_is_not_asking_for_one(message: str):
    assert not asks_for_person(message)


@pytest.mark.parametrize(
    ("message", "kind"),
    [
        ("Thanks!", "thanks"), ("thank you so "
                                "much 🙏", "thanks"), ("ok thanks", "thanks"), ("no thanks, that's all", "bye"),
        ("Hello", "hello"), ("hi there!", "hello"), ("Good morning "
                                                     "everyone", "hello"), ("Hi, how are you?", "how_are_you"),
        ("bye bye", "bye"), ("what can you do?", "capabilities"),
        ("Hello! What can you help me with?", "capabilities"),
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
        "does the useless-box toy need batteries", "how do I reset it a second time",
        "I have had enough time, thanks",
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


@pytest.mark.parametrize(
    ("message", "kind"),
    [
        ("Danke schön!", "thanks"), ("Hallo, wie geht's?", "how_are_you"), ("Guten Tag", "hello"), ("Tschüss", "bye"),
        ("Bist du ein Mensch?", "identity"), ("Was kannst du?", "capabilities"), ("alles klar, danke", "thanks"),
        ("Merci beaucoup", "thanks"), ("Bonjour, ça va ?", "how_are_you"), ("au revoir", "bye"),
        ("d'accord", "acknowledge"),
        ("êtes-vous un robot ?", "identity"), ("muchas gracias", "thanks"), ("Hola, buenos días", "hello"),
        ("¿Qué puedes hacer?", "capabilities"), ("¿eres un robot?", "identity"), ("hasta luego", "bye"),
        ("grazie mille", "thanks"), ("Buongiorno", "hello"), ("arrivederci", "bye"), ("come stai?", "how_are_you"),
        ("dank u wel", "thanks"), ("goedemorgen", "hello"), ("tot ziens", "bye"), ("ben je een mens?", "identity"),
        ("muito obrigado", "thanks"), ("Olá, bom dia", "hello"), ("tudo bem?", "how_are_you"), ("tchau", "bye"),
        ("dziękuję bardzo", "thanks"), ("Dzień dobry", "hello"), ("do widzenia", "bye"), ("kim jesteś?", "identity"),
        ("Danke, und wo ist mein Paket?", ""), ("Hallo, Rechnung fehlt", ""), ("merci, et ma facture ?", ""),
        ("hola, dónde está mi pedido", ""), ("ciao, non funziona", ""), ("hallo, het werkt niet", ""),
        ("olá, quero o reembolso", ""), ("cześć, nie działa", ""), ("wer ist der Hersteller", ""), ("no", ""),
    ],
)  # fmt: skip
def test_small_talk_is_known_in_every_language(message: str, kind: str):
    assert small_talk_kind(message) == kind


@pytest.mark.parametrize(
    "message",
    [
        "Das ist nutzlos", "ich frage jetzt zum dritten Mal", "das bringt nichts", "c'est inutile",
        "ça ne sert à rien",
        "esto es inútil", "no sirve de nada", "estoy muy enfadada", "questo bot è inutile", "sono furioso",
        "dit is waardeloos", "hier heb ik niets aan", "isto é inútil", "não serve para nada", "to jest bezużyteczne",
        "mam tego dość",
    ],
)  # fmt: skip
def test_unhappiness_is_noticed_in_every_language(message: str):
    assert is_unhappy(message)


@pytest.mark.parametrize(
    "message",
    [
        "ich bestelle zum dritten Mal bei euch", "ist das nützlich?", "der Sensor ist nutzlos ohne Hub, stimmt das?",
        "est-ce utile ?", "la troisième fois", "es útil el sensor?", "quiero pedir por tercera vez",
        "il sensore è inutile?",
        "is dit nuttig?", "de derde keer", "isto é útil?", "to jest przydatne?", "kosztuje trzeci raz tyle",
    ],
)  # fmt: skip
def test_strong_words_about_something_else_are_no_unhappiness_in_any_language(message: str):
    assert not is_unhappy(message)


@pytest.mark.parametrize(
    ("message", "status"),
    [
        ("Wie ist der Status meines Tickets? Status zu meinem Ticket", True), ("wo bleibt mein Ticket", True),
        ("où en est mon ticket ?", True), ("¿cuál es el estado de mi ticket?", True),
        ("novità sul mio ticket?", True),
        ("status van mijn ticket", True), ("qual é o estado do meu ticket?", True),
        ("jaki jest status mojego zgłoszenia", True),
        ("Status meiner Bestellung", False), ("où en est ma commande ?", False), ("estado de mi pedido", False),
        ("stato del mio ordine", False), ("status van mijn bestelling", False), ("estado da minha encomenda", False),
        ("status mojej paczki", False), ("wie funktioniert ein Ticket", False),
    ],
)  # fmt: skip
def test_asking_after_a_ticket_is_understood_in_every_language(message: str, status: bool):
    assert asks_ticket_status(message) is status


def test_accents_may_be_left_out():
    assert asks_for_person("moechte mit einem menschen reden")
    assert small_talk_kind("dziekuje") == small_talk_kind("dziękuję") == "thanks"


def test_no_question_of_another_language_is_small_talk_or_a_wish_for_a_person():
    sentences = [
        line
        for path in (Path(__file__).parents[2] / "data/languages").glob("*.txt")
        for line in path.read_text("utf-8").splitlines()
    ]
    kinds = {line: kind for line in sentences if (kind := small_talk_kind(line))}
    assert set(kinds.values()) == {"thanks"}
    persons = [line for line in sentences if asks_for_person(line)]
    assert len(persons) == 8  # one sentence in each of the eight
    assert not any(asks_ticket_status(line) for line in sentences)
