"""Sentences in another language than their evidence: what says the same in both is compared, and nothing else."""

from __future__ import annotations

import pytest

from assistant.perimeter.output.foreign import in_english_figures
from assistant.perimeter.output.guard import GuardPolicy, check

ENGLISH = {
    1: "You can return a lamp within 30 days of delivery. The ThermoPro X2 has a warranty of two years. Support "
    "answers from 8 am to 6 pm at help@acme.example.",
    2: "Delivery of your order takes 4 working days and costs 6.50 euros. Orders above 1,000 euros are sent free.",
}
SERVED = frozenset({"en", "de", "fr", "es", "it", "nl", "pt", "pl"})


def said(text: str, *, question: str = "", sources: dict[int, str] = ENGLISH) -> str:
    return check(text, GuardPolicy(sources=sources, question=question, languages=SERVED, grounded=True)).text


TRUE = [
    "Sie können eine Lampe innerhalb von 30 Tagen nach der Lieferung zurückgeben [1].",
    "Sie können die Lampe innerhalb von dreißig Tagen zurückgeben [1].",
    "Der ThermoPro X2 hat zwei Jahre Garantie [1].",
    "Wir antworten von 8 bis 18 Uhr unter help@acme.example [1].",
    "Die Lieferung dauert 4 Werktage und kostet 6,50 Euro [2].",
    "Bestellungen über 1.000 Euro versenden wir kostenlos [2].",
    "Vous pouvez retourner une lampe dans les trente jours après la livraison [1].",
    "La garantie du ThermoPro X2 est de 24 mois [1].",
    "Puede devolver la lámpara en un plazo de 30 días desde la entrega [1].",
    "La consegna richiede 4 giorni e costa 6,50 euro [2].",
    "U kunt de lamp binnen 30 dagen retourneren [1].",
    "Pode devolver o candeeiro no prazo de 30 dias [1].",
    "Lampę można zwrócić w ciągu 30 dni [1].",
]
FALSE = [
    "Sie können eine Lampe innerhalb von 90 Tagen nach der Lieferung zurückgeben [1].",
    "Sie können die Lampe innerhalb von neunzig Tagen zurückgeben [1].",
    "Der ThermoPro X2 hat drei Jahre Garantie [1].",
    "Der ThermoPro X3 hat zwei Jahre Garantie [1].",
    "Der AquaMax hat zwei Jahre Garantie [1].",
    "Sie können die Lampe innerhalb von 30 Wochen zurückgeben [1].",
    "Die Lieferung dauert 4 Werktage und kostet 8,50 Euro [2].",
    "Wir antworten unter hilfe@acme.example auf jede Frage [1].",
    "Vous pouvez retourner une lampe dans les soixante jours après la livraison [1].",
    "La garantie de la lampe Timbuktu est de 24 mois [1].",
    "Puede devolver la lámpara en un plazo de 45 días desde la entrega [1].",
    "La consegna richiede 4 settimane e costa 6,50 euro [2].",
]


@pytest.mark.parametrize("text", TRUE)
def test_what_gives_the_figures_of_the_evidence_is_said(text: str) -> None:
    assert said(text) == text


@pytest.mark.parametrize("text", FALSE)
def test_a_figure_a_unit_or_a_name_that_the_evidence_does_not_have_is_left_out(text: str) -> None:
    assert said(text) == ""


def test_it_is_noted_that_only_figures_and_names_were_compared() -> None:
    policy = GuardPolicy(sources=ENGLISH, languages=SERVED, grounded=True)
    checked = check(f"{TRUE[0]} {TRUE[4]}", policy)
    assert checked.outcome == "passed"
    assert [note.detail for note in checked.notes] == ["compared by figures and names only (de)"]
    assert check("You can return a lamp within 30 days [1].", policy).notes == ()


def test_what_is_in_the_language_of_the_evidence_is_compared_by_its_words() -> None:
    german = {1: "Sie können eine Lampe innerhalb von 30 Tagen nach der Lieferung zurückgeben, das ist kostenlos."}
    told = "Wir holen die Lampe mit einer Rakete von Ihrem Balkon ab [1]."
    assert said(told, sources=german) == ""
    assert said("A rocket collects every lamp from your balcony [1].") == ""


def test_a_sentence_of_no_certain_language_is_taken_to_be_in_that_of_the_answer() -> None:
    assert said("Ja, das geht. Lampen: 30 Tage [1].", question="Kann ich die Lampe zurückgeben?") != "Ja, das geht. "
    assert "90" not in said("Ja, das geht. Lampen: 90 Tage [1].", question="Kann ich die Lampe zurückgeben?")


def test_an_english_answer_is_read_from_evidence_in_another_language() -> None:
    german = {
        1: "Sie können eine Lampe innerhalb von dreißig Tagen nach der Lieferung zurückgeben. Das kostet 1.000 €."
    }
    assert said("You can return a lamp within 30 days [1].", sources=german) != ""
    assert said("You can return a lamp within 60 days [1].", sources=german) == ""


@pytest.mark.parametrize(
    ("text", "language", "put"),
    [
        ("zwei Jahre", "de", "2 year"),
        ("dreißig Tage", "de", "30 day"),
        ("quatre-vingt-dix jours", "fr", "90 day"),
        ("um 17 Uhr 30", "de", "um 17:30"),
        ("1.250,50 €", "de", "1250,50 €"),
        ("zwei Lampen", "de", "zwei Lampen"),
        ("ten days", "", "ten days"),
    ],
)
def test_numbers_are_put_as_english_writes_them_only_before_units(text: str, language: str, put: str) -> None:
    assert in_english_figures(text, language) == put
