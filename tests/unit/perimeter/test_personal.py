"""The policy's kinds, masked in a message, and what the user is told."""

import pytest

from assistant.perimeter.personal import hidden_notice, mask_message, personal_kinds
from assistant.perimeter.policy import Policy

MESSAGE = "My card 4242 4242 4242 4242 was charged; write to maya@example.com."


def test_what_the_policy_names_is_masked_and_nothing_else():
    text, findings = mask_message(MESSAGE, Policy())
    assert text == "My card <card number ending 4242> was charged; write to maya@example.com."
    assert [(f.kind, f.weight) for f in findings] == [("personal_credit_card", 0.0)]


def test_a_finding_does_not_say_what_was_masked():
    _, findings = mask_message(MESSAGE, Policy(mask=("credit_card", "email")))
    assert len(findings) == 2
    assert "4242" not in str(findings)
    assert "maya" not in str(findings)


def test_a_policy_that_masks_nothing_changes_nothing():
    assert mask_message(MESSAGE, Policy(mask=())) == (MESSAGE, ())


def test_masking_a_masked_message_finds_nothing_new():
    once, _ = mask_message(MESSAGE, Policy())
    assert mask_message(once, Policy()) == (once, ())


def test_the_user_is_told_what_was_hidden_also_of_a_turn_begun_again():
    text, _ = mask_message(MESSAGE, Policy())
    assert hidden_notice(text) == "I've hidden the card number in your message. Please never send such data in a chat."
    both, _ = mask_message("4242424242424242 DE89370400440532013000", Policy())
    assert hidden_notice(both) == (
        "I've hidden the card number and IBAN in your message. Please never send such data in a chat."
    )


def test_a_message_without_is_told_nothing():
    assert hidden_notice("How do I return a lamp?") == ""
    assert hidden_notice(mask_message("Order SO-1234567, RMA 460-89-9847, 6.16.0", Policy())[0]) == ""


@pytest.mark.parametrize("message", ["mail a@b.com", "mail ａ＠ｂ．ｃｏｍ", "mail ａ@ｂ.com"])
def test_an_address_for_people_is_seen_in_wide_letters_too(message: str):
    assert personal_kinds(message, Policy(to_people=("email",))) == ("email",)
    assert personal_kinds("how do I return a lamp", Policy(to_people=("email",))) == ()
