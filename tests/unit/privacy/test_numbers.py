"""Numbers that a checksum or a form gives away, and those that only look like them."""

import pytest

from assistant.privacy import PersonalKind, find_personal, mask

CARD = "4242424242424242"


def found(text: str, *kinds: PersonalKind) -> list[tuple[str, str]]:
    return [
        (each.kind, text[each.start : each.end])
        for each in find_personal(text, kinds or ("credit_card", "iban", "ssn"))
    ]


@pytest.mark.parametrize(
    "written",
    [
        CARD,
        "4242 4242 4242 4242",
        "4242-4242-4242-4242",
        "4242.4242.4242.4242",
        "4242 4242\n4242 4242",
        "4242 4242 \r\n4242 4242",
        "4242\u00a04242\u200b4242\u20104242".replace("\u2010", "–"),
        "4 2 4 2 4 2 4 2 4 2 4 2 4 2 4 2",
        "４２４２ ４２４２ ４２４２ ４２４２",
        "5555 5555 5555 4444",
        "2223 0031 2200 3222",
        "3782 822463 10005",
        "3056 930902 5904",
        "6011 1111 1111 1117",
        "3530 1113 3330 0000",
        "6759 6498 2643 8453",
    ],
)
def test_a_card_number_is_found_however_it_is_written(written):
    assert found(f"Charge {written}, please") == [("credit_card", written)]


def test_a_short_or_unknown_card_needs_a_word_for_card():
    assert found("card number 630427373398 is lost") == [("credit_card", "630427373398")]
    assert found("parcel 630427373398 is lost") == []


@pytest.mark.parametrize(
    "harmless",
    [
        "4242 4242 4242 4243",  # the check digit is wrong
        "card 4242 4242 4242 4243",
        "4111111111111111111111",  # too long
        "EAN 4006381333931",
        "IMEI 356938035643809",
        "order 1234567890123456",
        "score 0.4242424242424242",
        "sha a4242424242424242f",
        "gift card 490154203237518",
        "2024 0131 2024 0201",
        "0000 0000 0000 0000",
    ],
)
def test_what_is_no_card_is_left(harmless):
    assert found(harmless) == []


@pytest.mark.parametrize("gap", [",", "_", "*", "__"])
def test_a_card_number_is_found_with_signs_between_its_groups(gap):
    for groups in ("4242 4242 4242 4242", "3782 822463 10005"):
        written = groups.replace(" ", gap)
        assert found(f"Charge {written}, please") == [("credit_card", written)]


def test_a_card_number_in_a_list_of_numbers_is_one_behind_a_word_for_card():
    assert found("my card 4242, 4242, 4242, 4242 was charged") == [("credit_card", "4242, 4242, 4242, 4242")]
    assert found("rooms 4242, 4242, 4242, 4242 are free") == []


@pytest.mark.parametrize(
    "harmless",
    ["4242,4242,4242,4243", "17,4242,4242,4242,4242", "4242,4242,4242,4242,2027", "4,242,424,242,424,242", "4242,4242",
     "4242_4242,4242*4242", "x4242_4242_4242_4242", "2021,2022,2023,2024", "4242,4242,4242,4242.50",
     "0000,0000,0000,0000", "4111*1111 = 4567"],
)  # fmt: skip
def test_what_only_looks_like_a_card_with_signs_is_left(harmless):
    assert found(f"Enter {harmless} here") == []


def test_two_cards_in_a_row_are_two():
    assert [value for _, value in found(f"{CARD} 5555555555554444")] == [CARD, "5555555555554444"]


@pytest.mark.parametrize(
    "written",
    [
        "DE89370400440532013000",
        "DE89 3704 0044 0532 0130 00",
        "de89 3704 0044 0532 0130 00",
        "GB29 NWBK 6016 1331 9268 19",
        "GB29-NWBK-6016-1331-9268-19",
        "FR14 2004 1010 0505 0001 3M02 606",
        "NO93 8601 1117 947",
        "MT84 MALT 0110 0001 2345 MTLC AST0 01S",
        "DE89 3704 0044\n0532 0130 00",
    ],
)
def test_an_iban_is_found_by_country_length_and_check(written):
    assert found(f"Pay to {written} or so") == [("iban", written)]


@pytest.mark.parametrize(
    "harmless",
    [
        "DE88370400440532013000",
        "DE8937040044053201300",
        "XX89370400440532013000",
        "DE89370400440532013000A",
        "RM12 3456 7890 1234",
    ],
)
def test_what_is_no_iban_is_left(harmless):
    assert found(harmless) == []


def test_a_social_security_number_is_found_by_form_or_by_its_name():
    assert found("it is 460-89-9847") == [("ssn", "460-89-9847")]
    assert found("SSN: 460899847") == [("ssn", "460899847")]
    assert found("my social security number is 460 89 9847") == [("ssn", "460 89 9847")]


@pytest.mark.parametrize(
    "harmless",
    [
        "000-12-3456", "666-12-3456", "900-12-3456", "123-00-4567", "123-45-0000",
        "460899847", "460 89 9847", "order no. 460-89-9847", "RMA 460-89-9847", "1-460-89-9847-2",
    ],
)  # fmt: skip
def test_what_is_no_social_security_number_is_left(harmless):
    assert found(harmless) == []


@pytest.mark.parametrize(
    "number",
    [
        "AB 12 34 56 C", "86 095 742 719", "1 85 05 78 006 084 91", "12345678Z", "X1234567L", "RSSMRA85T10A562S",
    ],
)  # fmt: skip
def test_identity_numbers_are_found_by_their_checks(number):
    assert found(f"my tax id is {number}", "identity_number") == [("identity_number", number)]


@pytest.mark.parametrize(
    "wrong", ["BG 12 34 56 C", "86 095 742 710", "1 85 05 78 006 084 92", "12345678A", "RSSMRA85T10A562T"]
)
def test_an_identity_number_with_a_wrong_check_is_left(wrong):
    assert found(f"my tax id is {wrong}", "identity_number") == []


def test_passports_licences_and_birthdays_need_their_words():
    assert found("passport number C01X00T47", "identity_number") == []
    assert found("my passport number is X1234567", "identity_number") == [("identity_number", "X1234567")]
    assert found("driver's license number is 2270-66-1551", "driver_licence") == [("driver_licence", "2270-66-1551")]
    assert found("I was born on 5 May 1980.", "date_of_birth") == [("date_of_birth", "5 May 1980")]
    assert found("delivered on 5 May 1980, X1234567", "date_of_birth", "identity_number") == []


@pytest.mark.parametrize(
    "number",
    [
        "+49 171 2345678", "+46 (0)8 928 571 38", "+447700 208 815", "001-518-640-0854", "(579)888-3058",
        "905-674-3793", "345-899-3560x4587", "+1-903-140-4508 ext. 769", "07700 063 966", "01.84.17.61.18",
        "0393 1144137", "0490 75 40 81",
    ],
)  # fmt: skip
def test_a_phone_number_of_a_phone_numbers_form_is_found(number):
    assert found(f"Try {number}.", "phone") == [("phone", number)]


@pytest.mark.parametrize(
    "told",
    [
        "call me on 9472 7916",
        "Phone:\n467 3395",
        "They're not answering at 78 651 450",
        "432 03 163 office",
        "WhatsApp 7021645199",
    ],
)
def test_other_numbers_are_phones_where_words_say_so(told):
    assert [kind for kind, _ in found(told, "phone")] == ["phone"]


@pytest.mark.parametrize(
    "harmless",
    [
        "9472 7916", "order number 905-674-3793", "RMA: 0490 75 40 81", "version 6.16.0", "call between 9.00-17.30",
        "phone support 2019-2021", "2024-01-31 09:00:00", "31.01.2024", "call costs 1,299.00", "12:30 to 17:45",
        "pin code 702164", "serial no. 0123 4567 8910",
    ],
)  # fmt: skip
def test_orders_dates_hours_prices_and_versions_are_no_phones(harmless):
    assert found(harmless, "phone") == []


def test_a_card_shows_its_last_four_digits_and_an_iban_none():
    said = mask("card 4242 4242 4242 4242, IBAN DE89370400440532013000", ("credit_card", "iban")).text
    assert said == "card <card number ending 4242>, IBAN <IBAN>"
