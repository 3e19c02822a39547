import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.memory.contents import Pin, WindowTurn
from assistant.memory.pins import (
    PinPolicy,
    choose_pins,
    find_pins,
    lost_pins,
    merge_pins,
    pins_from_model,
    render_pins,
)
from assistant.memory.tokens import count

POLICY = PinPolicy()


def turn(number: int, user: str, assistant: str = "") -> WindowTurn:
    return WindowTurn(
        turn=f"t{number}", at="", user=user, assistant=assistant, documents={"returns.md": "v1"}, titles=[]
    )


def found(user: str) -> set[tuple[str, str]]:
    return {(pin["kind"], pin["text"]) for pin in find_pins(turn(1, user))}


def remembered(*turns: WindowTurn, policy: PinPolicy = POLICY) -> list[Pin]:
    pins: list[Pin] = []
    before = None
    for each in turns:
        pins = merge_pins(pins, find_pins(each, before=before), policy)
        before = each
    return pins


def holding(pins: list[Pin]) -> set[str]:
    return {pin["text"] for pin in pins if not pin["superseded_by"]}


@pytest.mark.parametrize(
    ("said", "kind", "text"),
    [
        ("My order number is 7841-22-KX, thanks", "identifier", "7841-22-KX"),
        ("order #48213 hasn't arrived", "identifier", "#48213"),
        ("case ref. INC0048213", "identifier", "INC0048213"),
        ("policy number P/2210/88", "identifier", "P/2210/88"),
        ("the serial number on the back says C02XK1A2JG5J", "identifier", "C02XK1A2JG5J"),
        ("booking reference QZXRPT", "identifier", "QZXRPT"),
        ("IMEI 356938035643809", "identifier", "356938035643809"),
        ("Bestellnummer 4711-0815", "identifier", "4711-0815"),
        ("pay to DE89 3704 0044 0532 0130 00 please", "identifier", "DE89 3704 0044 0532 0130 00"),
        ("the router 00:1B:44:11:3A:B7 is down", "identifier", "00:1B:44:11:3A:B7"),
        ("it can't reach 10.0.12.7", "identifier", "10.0.12.7"),
        ("it says 0x80070057", "identifier", "0x80070057"),
        ("the licence plate is KA 4471 XZ", "identifier", "KA 4471 XZ"),
        (
            "ship it to 12 Elm Street, Apt 4B, Springfield, IL 62704 by Friday",
            "identifier",
            "12 Elm Street, Apt 4B, Springfield, IL 62704",
        ),
        ("Lieferadresse: Hauptstraße 12, 10115 Berlin", "identifier", "Hauptstraße 12, 10115 Berlin"),
        ("I paid $1,299.00 for it", "amount", "$1,299.00"),
        ("die Anzahlung von 1.299,00 € ist weg", "amount", "1.299,00 €"),
        ("a refund of £3k", "amount", "£3k"),
        ("the meter reading is 48213", "amount", "48213"),
        ("the appointment is on 3 May 2026 at 14:30", "date", "3 May 2026 at 14:30"),
        ("my birthday is May 3rd", "date", "May 3rd"),
        ("the warranty expires 03/05/2026", "date", "03/05/2026"),
        ("Lieferung am 3. Mai 2026", "date", "3. Mai 2026"),
        ("write to jane.o'neil+x@mail.example.co.uk.", "email", "jane.o'neil+x@mail.example.co.uk"),
        ("my phone is +44 7700 900123", "phone", "+44 7700 900123"),
        ("reach me on 555.123.4567 after six", "phone", "555.123.4567"),
        ("see https://example.com/a/b?x=1&y=(2).", "url", "https://example.com/a/b?x=1&y=(2)"),
        ("my name is Marguerite Dubois-Leroy.", "name", "Marguerite Dubois-Leroy"),
        ("ask for Dr. Amelia O'Connor at the desk", "name", "Dr. Amelia O'Connor"),
        ("I'll send you the signed lease by Friday.", "promise", "I'll send you the signed lease by Friday"),
    ],
)
def test_a_fact_is_found_as_it_was_said(said: str, kind: str, text: str) -> None:
    assert (kind, text) in found(said)


@pytest.mark.parametrize(
    "said",
    [
        "my card is 4111 1111 1111 1111",
        "charge 5555555555554444 please",
        "my order 4111111111111111",
        "my password is hunter2!x",
        "password: Tr0ub4dor-3",
        "the cvv is 123 and the PIN 447155",
        "the one-time code is 449201",
        "my SSN is 460-89-9847",
        "my mother's maiden name is Clark",
        "reset it at https://example.com/reset?token=abc123def",
        "the api key is sk-abcdef1234567890abcdef",
    ],
)
def test_a_secret_is_never_pinned(said: str) -> None:
    assert find_pins(turn(1, said, said)) == []


@pytest.mark.parametrize(
    "said",
    [
        "Hey Mel! Good to see you! How have you been?",
        "I'll let you know how it goes!",
        "We went hiking yesterday and it was amazing, I'll never forget it.",
        "I'm 100% sure, 24/7, it was the 2nd place.",
    ],
)
def test_chatter_leaves_no_pin(said: str) -> None:
    assert find_pins(turn(1, said)) == []


def test_what_the_user_said_rests_on_no_document_and_what_the_assistant_said_on_its_own() -> None:
    pins = find_pins(turn(1, "order number AB-1234", "Your ticket number is TK-9921."))
    assert {pin["text"]: pin["documents"] for pin in pins} == {"AB-1234": {}, "TK-9921": {"returns.md": "v1"}}


def test_a_value_keeps_its_label() -> None:
    (pin,) = find_pins(turn(1, "My order number is 7841-22-KX"))
    assert pin["label"] == "order number"


@pytest.mark.parametrize(
    ("question", "answer", "label", "text"),
    [
        ("Sure, may I have your full name please?", "Crystal Minh", "name", "Crystal Minh"),
        ("Could you give me the order ID?", "7916676427", "order id", "7916676427"),
    ],
)
def test_a_bare_answer_is_labelled_by_the_question(question: str, answer: str, label: str, text: str) -> None:
    (pin,) = find_pins(turn(2, answer), before=turn(1, "Hi", question))
    assert (pin["label"], pin["text"]) == (label, text)


def test_a_bare_answer_to_another_question_is_no_name() -> None:
    assert find_pins(turn(2, "Great Idea"), before=turn(1, "Hi", "Shall we start?")) == []


def test_the_same_fact_has_the_same_id_whenever_it_is_found() -> None:
    assert find_pins(turn(1, "order number AB-1234")) == find_pins(turn(1, "order number AB-1234"))


def test_a_value_said_twice_is_one_pin_of_the_newest_turn() -> None:
    (pin,) = remembered(turn(1, "My order number is AB-1234"), turn(2, "so where is ab 1234?, I mean order AB-1234"))
    assert pin["turn"] == "t2"


@pytest.mark.parametrize(
    "correction",
    [
        "Actually, my order number is AB-9999.",
        "Sorry, I meant AB-9999.",
        "Not AB-1234 but AB-9999.",
        "It's AB-9999, not AB-1234.",
        "Scratch that. The order number is AB-9999.",
        "Correction: order number AB-9999",
        "The order number has changed to AB-9999",
        "Please use AB-9999 instead of AB-1234.",
        "Ich meinte AB-9999",
        "I gave you the wrong number. It should be AB-9999.",
        "Oops, a typo: AB-9999",
        "It has changed from AB-1234 to AB-9999.",
    ],
)
def test_a_correction_supersedes_and_both_stay_newest_first(correction: str) -> None:
    new, old = remembered(turn(1, "My order number is AB-1234."), turn(2, correction))
    assert (new["text"], new["superseded_by"]) == ("AB-9999", "")
    assert (old["text"], old["superseded_by"]) == ("AB-1234", new["id"])


def test_a_correction_without_a_label_means_the_value_that_looks_most_like_it() -> None:
    pins = remembered(
        turn(1, "My order number is AB-1234."), turn(2, "The ticket is 7781002."), turn(3, "Sorry, I meant AB-1243.")
    )
    assert holding(pins) == {"AB-1243", "7781002"}


@pytest.mark.parametrize(
    "said", ["I also have order number AB-9999.", "Actually, there is another order number: AB-9999"]
)
def test_a_second_order_supersedes_nothing(said: str) -> None:
    pins = remembered(turn(1, "My order number is AB-1234."), turn(2, said))
    assert holding(pins) == {"AB-1234", "AB-9999"}


def test_a_new_address_supersedes_the_old_without_any_word_of_correction() -> None:
    pins = remembered(
        turn(1, "My delivery address is 12 Elm Street, Springfield."),
        turn(2, "My delivery address is 99 Oak Avenue, Springfield."),
    )
    assert holding(pins) == {"99 Oak Avenue, Springfield"}


def test_a_new_phone_number_supersedes_the_old_one() -> None:
    pins = remembered(turn(1, "My phone number is 0171 5550142."), turn(2, "My new phone number is 0171 5550199."))
    assert holding(pins) == {"0171 5550199"}


def test_two_people_who_give_their_names_do_not_correct_each_other() -> None:
    pins = remembered(turn(1, "My name is Maria Lopez.", "My name is John Reed, and now I can help."))
    assert holding(pins) == {"Maria Lopez", "John Reed"}


def test_the_assistants_words_never_supersede_the_users() -> None:
    pins = remembered(turn(1, "My budget is 450 EUR."), turn(2, "ok?", "Correction: your budget is 500 EUR."))
    assert "450 EUR" in holding(pins)


def test_a_value_of_the_assistant_that_the_user_confirms_supersedes_the_users_earlier_one() -> None:
    pins = remembered(
        turn(1, "My budget is 450 EUR."), turn(2, "more", "So your budget is 500 EUR?"), turn(3, "Yes, exactly.")
    )
    assert holding(pins) == {"500 EUR"}


def test_the_assistants_restating_does_not_take_the_users_pin_over() -> None:
    (pin,) = remembered(
        turn(1, "My order number is AB-1234."), turn(2, "so?", "Your order number AB-1234 is on its way.")
    )
    assert (pin["speaker"], pin["turn"], pin["documents"]) == ("user", "t1", {})


def test_going_back_to_the_first_value_makes_it_hold_again() -> None:
    pins = remembered(
        turn(1, "My order number is AB-1234."),
        turn(2, "Sorry, I meant AB-9999."),
        turn(3, "No, sorry, I meant AB-1234 after all."),
    )
    assert holding(pins) == {"AB-1234"}


def test_a_superseded_value_is_marked_where_it_is_shown() -> None:
    pins = remembered(turn(1, "My order number is AB-1234."), turn(2, "Sorry, I meant AB-9999."))
    assert render_pins(pins) == ["order number AB-9999 (was AB-1234 until corrected)"]
    assert render_pins(pins[1:]) == ["order number was AB-1234 until corrected"]


def test_a_promise_says_who_made_it() -> None:
    pins = remembered(turn(1, "I'll send the photos by Friday.", "We will refund you within 5 days."))
    assert render_pins(pins) == [
        "user promised: I'll send the photos by Friday",
        "said by the assistant:",
        "promised: We will refund you within 5 days",
    ]


def test_specific_facts_go_before_loose_ones_when_room_is_short() -> None:
    pins = remembered(turn(1, "My dog Biscuit is ill."), turn(2, "My order number is AB-1234."))
    assert [pin["text"] for pin in choose_pins(pins, limit_tokens=8)] == ["AB-1234"]


def test_a_promise_with_a_day_goes_before_a_loose_one_whatever_apostrophe_it_has() -> None:
    pins = remembered(turn(1, "I'll bring some snacks."), turn(2, "We\u2019ll refund you by Friday."))
    assert [pin["turn"] for pin in choose_pins(pins, limit_tokens=14)] == ["t2"]


def test_labels_go_before_values_do_when_room_is_short() -> None:
    pins = remembered(turn(1, "My order number is AB-1234. My customer number is C-100482. My phone is 0171 5550142."))
    whole, short = count("\n".join(render_pins(pins))), count("AB-1234\nC-100482\n0171 5550142\n")
    assert short < whole
    assert holding(choose_pins(pins, limit_tokens=short)) == {"AB-1234", "C-100482", "0171 5550142"}


def test_what_was_corrected_goes_last() -> None:
    pins = remembered(
        turn(1, "My order number is AB-1234."), turn(2, "Sorry, I meant AB-9999."), turn(3, "a@b.example")
    )
    assert holding(choose_pins(pins, limit_tokens=16)) == {"AB-9999", "a@b.example"}
    assert len(choose_pins(pins, limit_tokens=16)) == 2


def test_the_state_keeps_the_specific_ones_under_its_cap() -> None:
    chat = [turn(n, f"I live in Town{chr(65 + n)}ville.") for n in range(2, 20)]
    pins = remembered(turn(1, "My order number is AB-1234."), *chat, policy=PinPolicy(kept=5))
    assert len(pins) == 5
    assert "AB-1234" in holding(pins)


def test_a_pasted_list_brings_no_more_than_its_share() -> None:
    pasted = "\n".join(f"order number AB-{n}" for n in range(1000, 4000))
    assert len(find_pins(turn(1, pasted))) <= POLICY.of_a_turn


def test_a_models_pins_are_kept_when_they_stand_in_the_turn_and_dropped_otherwise() -> None:
    reply = "- identifier | order | AB-1234\n- identifier | order | AB-7777\n- mood | x | Hello\n- name | pet | Biscuit"
    pins = pins_from_model(reply, turn(1, "Hello, AB-1234 is Biscuit's lead", ""))
    assert pins is not None
    assert {(pin["kind"], pin["label"], pin["text"]) for pin in pins} == {
        ("identifier", "order", "AB-1234"),
        ("name", "pet", "Biscuit"),
    }


def test_a_model_that_pins_a_password_is_not_followed() -> None:
    assert pins_from_model("identifier | password | hunter2", turn(1, "my password is hunter2")) == []


def test_a_models_junk_is_none_and_its_none_is_no_pin() -> None:
    assert pins_from_model("I can't help with that.", turn(1, "hi")) is None
    assert pins_from_model("none", turn(1, "hi")) == []


def test_lost_pins_are_those_a_text_does_not_hold() -> None:
    pins = remembered(turn(1, "order number AB-1234, mail a@b.example"))
    assert [pin["text"] for pin in lost_pins(pins, "About AB-1234.")] == ["a@b.example"]


def test_letters_nobody_sees_neither_hide_a_value_nor_get_lost() -> None:
    said = "My order number is AB\u200b-12\u206034."
    (pin,) = find_pins(turn(1, said))
    assert pin["text"] == "AB\u200b-12\u206034"


PIECES = st.sampled_from(
    """my order number is AB-1234 ; sorry I meant not but instead of ship to 12 Elm Street, Paris 75002 $45.00
    3 May 2026 +44 7700 900123 a@b.example https://x.example/y I'll send it by Friday.
    name is Zoé Смит \u200b \u202e 、 \n ! ? |
    4111 1111 password: cvv 00:1B:44:11:3A:B7 @ . .. -- // (( #""".split(" ")
)
TEXTS = st.one_of(st.text(max_size=300), st.lists(PIECES, max_size=60).map(" ".join))


@given(TEXTS, TEXTS)
@settings(max_examples=300, deadline=None)
def test_every_pin_stands_letter_for_letter_in_its_turn(user: str, assistant: str) -> None:
    said = turn(1, user, assistant)
    for pin in find_pins(said):
        assert pin["text"]
        assert pin["text"] in said[pin["speaker"]]


@given(st.lists(TEXTS, max_size=6), st.integers(min_value=0, max_value=120))
@settings(max_examples=100, deadline=None)
def test_the_rendered_pins_never_exceed_their_limit(said: list[str], limit: int) -> None:
    pins = remembered(*(turn(n, text, text[::-1]) for n, text in enumerate(said)))
    assert count("\n".join(render_pins(choose_pins(pins, limit_tokens=limit)))) <= limit


@given(st.lists(TEXTS, max_size=8))
@settings(max_examples=100, deadline=None)
def test_no_two_pins_share_an_id_and_the_cap_holds(said: list[str]) -> None:
    pins = remembered(*(turn(n, text) for n, text in enumerate(said)), policy=PinPolicy(kept=7))
    assert len({pin["id"] for pin in pins}) == len(pins) <= 7


@given(st.lists(TEXTS, max_size=6), TEXTS)
@settings(max_examples=100, deadline=None)
def test_the_assistants_words_alone_never_mark_a_users_value(said: list[str], answer: str) -> None:
    pins = remembered(*(turn(n, text) for n, text in enumerate(said)))
    after = merge_pins(pins, find_pins(turn(99, "", answer)), PinPolicy(kept=10_000))
    assert {p["id"] for p in pins if not p["superseded_by"]} <= {p["id"] for p in after if not p["superseded_by"]}


@pytest.mark.parametrize(
    "hostile",
    ["1 " * 50_000, "a.a@" * 25_000, "1-" * 50_000, "A" * 100_000, "1,111" * 20_000, "I'll send " * 10_000,
     "order number " * 8_000, "Elm " * 25_000, "12 Elm " * 15_000, "address is 1 A " * 7_000, "\u200b" * 100_000,
     "password is " * 8_000, "AB1 " * 25_000, "((" * 50_000, "not sorry I meant " * 6_000, ":1" * 50_000,
     "my name is A " * 8_000, "www." * 25_000, "+1 (" * 25_000, ", " * 50_000, "3 May " * 16_000, "€1 " * 33_000],
)  # fmt: skip
def test_a_hostile_text_is_read_within_a_second(hostile: str) -> None:
    before = time.process_time()
    merge_pins([], find_pins(turn(1, hostile)), POLICY)
    assert time.process_time() - before < 1


@pytest.mark.parametrize(
    "said",
    [
        "If you'd rather talk to a person, just say so and I'll pass you on.",
        "I'll send you the form if you want.",
    ],
)
def test_an_offer_binds_nobody(said: str) -> None:
    turn = WindowTurn(turn="t", at="", user="Hello", assistant=said, documents={}, titles=[])
    assert find_pins(turn) == []


def test_a_correction_keeps_the_label_of_what_it_corrects() -> None:
    policy = PinPolicy()
    first = WindowTurn(turn="a", at="", user="My order number is SV-118230.", assistant="", documents={}, titles=[])
    then = WindowTurn(turn="b", at="", user="Sorry, I meant order SV-118231.", assistant="", documents={}, titles=[])
    pins = merge_pins(merge_pins([], find_pins(first), policy), find_pins(then), policy)
    assert [(pin["label"], pin["text"]) for pin in pins] == [
        ("order number", "SV-118231"),
        ("order number", "SV-118230"),
    ]


@pytest.mark.parametrize(
    ("said", "name"),
    [
        ("Please put Tobias F. Lindqvist down as the second driver.", "Tobias F. Lindqvist"),
        ("Łukasz Wójcik will collect the parcel for me.", "Łukasz Wójcik"),
        ("The account belongs to Sean McAllister.", "Sean McAllister"),
        ("You can reach our caretaker, Pieter van den Berg, any time.", "Pieter van den Berg"),
        ("On the day it's Maeve O'Sullivan. She has the keys.", "Maeve O'Sullivan"),
    ],
)
def test_a_person_named_in_full_near_what_they_do_is_pinned(said: str, name: str) -> None:
    assert ("name", name) in found(said)


@pytest.mark.parametrize(
    "said",
    ["We walked in Central Park.", "I loved the Harry Potter party.", "Thanks Mel! Happy Birthday!"],
)
def test_two_capitals_alone_name_nobody(said: str) -> None:
    assert found(said) == set()


@pytest.mark.parametrize(
    ("first", "then", "old"),
    [
        ("My phone is 0161 555 0101.", "Also my phone number has changed, it's 0161 555 0177 now.", "0161 555 0101"),
        ("The fee is 40 euros.", "The fee went up to 45 euros.", "40 euros"),
        ("The fee is 40 euros.", "I mistyped, it's 45 euros.", "40 euros"),
        ("The appointment is on 3 March 2026.", "The appointment was moved to 5 March 2026.", "3 March 2026"),
        ("My case is CR-40021.", "CR-40021 is wrong, it should be CR-40012.", "CR-40021"),
        ("My email is ana@example.org.", "The one I gave you was old: ana.b@example.net", "ana@example.org"),
    ],
)
def test_a_correction_is_understood_in_many_wordings(first: str, then: str, old: str) -> None:
    pins = remembered(turn(1, first), turn(2, "The invoice is INV-7001."), turn(3, then))
    assert [pin["text"] for pin in pins if pin["superseded_by"]] == [old]


@pytest.mark.parametrize(
    "said", ["Sorry, my order number should be OR-55102.", "Actually the deposit is 300 euros.", "Call me first."]
)
def test_a_correction_leaves_other_kinds_and_labels_alone(said: str) -> None:
    pins = remembered(turn(1, "My contact is Lena Vogt. My name is Ana Ruiz. The fee is 40 euros."), turn(2, said))
    assert holding(pins) >= {"Lena Vogt", "Ana Ruiz", "40 euros"}


def test_an_old_value_is_never_chosen_without_its_correction() -> None:
    pins = remembered(turn(1, "My order number is AB-1234."), turn(2, "Sorry, I meant AB-999999999999."))
    for limit in range(40):
        chosen = choose_pins(pins, limit_tokens=limit)
        assert all(not pin["superseded_by"] or chosen[0]["id"] == pin["superseded_by"] for pin in chosen)
