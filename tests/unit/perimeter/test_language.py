"""Language detection: sure of what is clearly foreign, silent where a message is short or mixed."""

import json
from pathlib import Path
from typing import Any

import pytest

from assistant.perimeter.language import detect_language, speaking_language

ROOT = Path(__file__).parents[3]
SENTENCES = {path.stem: path.read_text("utf-8").splitlines() for path in (ROOT / "tests/data/languages").glob("*.txt")}


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Wie kann ich meine Bestellung zurückschicken?", "de"), ("Ich möchte mein Konto löschen, wie geht das", "de"),
        ("Comment puis-je retourner ma commande ?", "fr"), ("Je ne peux pas me connecter à mon compte", "fr"),
        ("¿Cómo puedo devolver mi pedido?", "es"), ("No puedo entrar en mi cuenta, qué hago", "es"),
        ("Come posso restituire il mio ordine?", "it"), ("Hoe kan ik mijn bestelling terugsturen?", "nl"),
        ("Como posso devolver a minha encomenda?", "pt"), ("Jak mogę zwrócić moje zamówienie?", "pl"),
        ("Hur kan jag skicka tillbaka min "
         "beställning?", "sv"), ("Как вернуть заказ?", "ru"), ("Як повернути моє замовлення", "uk"),
        ("返品したいのですが", "ja"), ("我想退货", "zh"), ("반품하고 싶어요", "ko"),
        ("πώς επιστρέφω", "el"), ("كيف أعيد الطلب", "ar"),
        ("How do I return my order?", "en"), ("the hub does not start after the update", "en"),
    ],
)  # fmt: skip
def test_a_clear_message_is_recognised(text: str, code: str):
    found = detect_language(text)
    assert found.code == code
    assert found.confidence >= 0.7


@pytest.mark.parametrize(
    "text",
    [
        "Danfoss RA valve",
        "E2",
        "paypal refund how long",
        "min lenght of password?",
        "do u take klarna",
        "add 45 to 87 plus 54",
        "",
        "123 456 789 000",
        "thermostat s2 opentherm relay wiring",
    ],
)
def test_short_and_technical_messages_are_not_taken_for_foreign(text: str):
    found = detect_language(text)
    assert found.code in ("", "en") or found.confidence < 0.7


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("wo ist mein Paket", "de"),
        ("quiero una devolución", "es"),
        ("facture manquante", "fr"),
        ("manca la fattura", "it"),
        ("wachtwoord vergeten", "nl"),
        ("falta a fatura", "pt"),
        ("nie działa", "pl"),
        ("Rechnung", "de"),
        ("thank you so much", "en"),
    ],
)
def test_a_few_words_are_enough_where_only_one_language_has_them(text: str, code: str):
    assert detect_language(text).code == code


@pytest.mark.parametrize(
    "text", ["garantie", "error", "no", "Start over", "gift card", "pin code", "die cast", "mera order kab aayega"]
)
def test_words_of_several_languages_decide_nothing(text: str):
    assert detect_language(text).code in ("", "en")


def right(code: str, texts: list[str]) -> float:
    return sum(detect_language(text).code == code for text in texts) / len(texts)


@pytest.mark.parametrize("code", SENTENCES)
def test_what_users_write_to_a_help_desk_is_told_apart(code: str):
    texts = SENTENCES[code]
    assert len(texts) >= 40
    assert [text for text in texts if detect_language(text).code not in ("", code)] == []
    assert right(code, texts) >= 0.88
    assert right(code, [text for text in texts if len(text.split()) > 6]) >= 0.95


def test_no_question_is_taken_for_another_language_than_its_own():
    golden = [
        json.loads(line) for path in (ROOT / "golden").glob("*.jsonl") for line in path.read_text("utf-8").splitlines()
    ]
    asked = [(text, case.get("language", "en")) for case in golden for text in _said(case)]
    assert len(asked) > 150
    assert [text for text, spoken in asked if detect_language(text).code not in ("", spoken)] == []


@pytest.mark.parametrize(
    ("detected", "earlier", "served", "spoken"),
    [
        ("de", "en", ("en", "de"), "de"),
        ("", "de", ("en", "de"), "de"),
        ("fr", "de", ("en", "de"), "de"),
        ("", "", ("de-AT", "en"), "de-AT"),
        ("de", "", ("en", "de-AT"), "de-AT"),
        ("", "de-DE", ("en", "de"), "de"),
        ("ja", "", (), "en"),
    ],
)
def test_the_conversations_language_sticks_until_another_served_one_is_written(detected, earlier, served, spoken):
    assert speaking_language(detected, earlier, served) == spoken


def _said(case: dict[str, Any]) -> list[str]:
    return [case["question"], *(turn["text"] for turn in case.get("history", []))]
