"""Sentences that people state facts in, by who says them, and how they correct what they said before."""

from __future__ import annotations

from typing import Literal

Speaker = Literal["user", "assistant"]

SENTENCES: dict[str, dict[Speaker, tuple[str, ...]]] = {
    "order number": {
        "user": (
            "My order number is {v}.",
            "It's about order {v}.",
            "The order was {v}, placed last week.",
            "I'm looking at the confirmation and it says order no. {v}.",
            "Can you look up {v} for me? That's the order.",
            "Order: {v}",
            "I have the order number here, {v}, if that helps.",
            "The number on the invoice for that order is {v}.",
        ),
        "assistant": ("I can see your order {v} in the system.", "Your new order has the number {v}."),
    },
    "ticket": {
        "user": (
            "I already have a ticket, {v}.",
            "Last time they gave me case number {v}.",
            "The reference from your colleague was {v}.",
            "See ticket {v} for the whole story.",
        ),
        "assistant": (
            "I've opened ticket {v} for you.",
            "Your case number is {v}.",
            "This is now logged under reference {v}.",
            "Please quote {v} as the ticket number when you write to us.",
            "For our records, the incident is {v}.",
        ),
    },
    "tracking code": {
        "user": (
            "The tracking number they sent me is {v}.",
            "Tracking says {v} hasn't moved in days.",
            "I sent it back with tracking code {v}.",
            "Here's the parcel number: {v}",
        ),
        "assistant": (
            "Your parcel left today, tracking number {v}.",
            "You can follow the shipment with {v}.",
            "The carrier's code is {v}.",
            "Tracking: {v}.",
            "The consignment number is {v}, updates appear overnight.",
        ),
    },
    "amount": {
        "user": (
            "I was charged {v} for it.",
            "They took {v} from my card.",
            "The quote I got was {v} including tax.",
            "I paid {v} and never got a receipt.",
            "My limit is {v}, not more.",
        ),
        "assistant": (
            "The refund comes to {v}.",
            "The total for both items is {v}.",
            "There is an open balance of {v} on the account.",
            "We can offer {v} as a credit.",
            "The deposit is {v}, due on delivery.",
        ),
    },
    "date": {
        "user": (
            "I bought it on {v}.",
            "I need it before {v}.",
            "My contract ends on {v}.",
            "It stopped working on {v}.",
            "We're away until {v}.",
        ),
        "assistant": (
            "The technician is booked for {v}.",
            "Delivery is planned for {v}.",
            "The offer is valid until {v}.",
            "Your warranty runs out on {v}.",
            "The next billing date is {v}.",
        ),
    },
    "e-mail": {
        "user": (
            "You can reach me at {v}.",
            "My email is {v}.",
            "Please send the invoice to {v}.",
            "The account is under {v}.",
            "I registered with {v}, I think.",
            "cc {v} as well please",
        ),
        "assistant": (
            "Write to {v} with the form attached.",
            "I've sent the confirmation to {v}.",
            "The team's address is {v}.",
        ),
    },
    "phone": {
        "user": (
            "My number is {v}.",
            "Call me on {v} after six.",
            "You can text {v}.",
            "Best to ring my mobile, {v}.",
            "The number on the account should be {v}.",
            "phone: {v}",
        ),
        "assistant": (
            "The hotline for that is {v}.",
            "Our warehouse can be reached on {v}.",
            "I'd suggest calling {v} directly.",
        ),
    },
    "name": {
        "user": (
            "My name is {v}.",
            "The account is in the name of {v}.",
            "I spoke to {v} last time.",
            "Hi, {v} here again.",
            "It was ordered by my wife, {v}.",
            "Please ask for {v} at the door.",
        ),
        "assistant": (
            "The technician's name is {v}.",
            "Your case is with my colleague {v}.",
            "I'm {v}, I'll be looking after this.",
            "{v} from billing will take over.",
        ),
    },
    "web address": {
        "user": (
            "The page I'm on is {v}.",
            "I followed {v} and got an error.",
            "It's this one: {v}",
            "The listing was at {v} when I ordered.",
        ),
        "assistant": (
            "The steps are at {v}.",
            "You can follow the outage on {v}.",
            "Please fill in the form at {v} first.",
            "Here is the link: {v}",
            "Use {v} to pay.",
        ),
    },
    "postal address": {
        "user": (
            "Please deliver it to {v}.",
            "My address is {v}.",
            "It goes to {v}.",
            "I live at {v}.",
            "The shipping address should be {v}.",
            "Ship to: {v}",
        ),
        "assistant": (
            "The return address is {v}.",
            "The nearest store is at {v}.",
            "I have {v} as your billing address.",
        ),
    },
    "promise by user": {
        "user": (
            "I'll {v}.",
            "I will {v}.",
            "OK, then I'll {v}.",
            "I promise to {v}.",
            "You have my word that I'll {v}.",
            "I'm going to {v}.",
            "On my side, I will {v}.",
            "As agreed, I'll {v}.",
        )
    },
    "promise by assistant": {
        "assistant": (
            "We'll {v}.",
            "I'll {v}.",
            "Our team will {v}.",
            "We will {v}.",
            "I promise we'll {v}.",
            "You can count on us to {v}.",
            "Rest assured, we will {v}.",
            "As I said, I will {v}.",
        )
    },
}

# A first value and, some turns later, its correction.

CORRECTIONS: dict[str, tuple[tuple[str, str], ...]] = {
    "order number": (
        ("My order number is {v}.", "Sorry, I gave you the wrong order number, it's {v}, not {old}."),
        ("It's about order {v}.", "I misread that: the order is {v} instead of {old}."),
        ("Order number {v}, by the way.", "Correction, the order number is {v}."),
        ("The order was {v}.", "Oops, typo earlier. The order was actually {v}."),
    ),
    "amount": (
        ("I was charged {v} for it.", "I checked my statement again, I was charged {v}, not {old}."),
        ("The invoice total is {v}.", "Sorry, the invoice total is {v}, I was looking at another one."),
        ("The deposit I paid was {v}.", "Actually the deposit I paid was {v}."),
        ("The quote was {v}.", "Let me correct myself, the quote was {v} instead of {old}."),
    ),
    "date": (
        ("I bought it on {v}.", "No wait, I bought it on {v}, not on {old}."),
        ("My contract ends on {v}.", "I was wrong about that, my contract ends on {v}."),
        ("The appointment is on {v}.", "They moved it: the appointment is now on {v} instead of {old}."),
        ("The delivery date they gave me was {v}.", "Correction: the delivery date is {v}."),
    ),
    "e-mail": (
        ("My email is {v}.", "Sorry, my email is {v}, not {old}."),
        ("You can reach me at {v}, that's my email.", "Please use another email from now on: {v} instead of {old}."),
        ("My e-mail address is {v}.", "I mistyped my e-mail address, it should be {v}."),
        ("The email on the account is {v}.", "Actually, the email on the account is {v}."),
    ),
    "phone": (
        ("My phone number is {v}.", "My phone number has changed, it's {v} now."),
        ("You can call me on {v}.", "Don't call {old} any more, call me on {v}."),
        ("The number on the account is {v}.", "Sorry, wrong digits: the number on the account is {v}, not {old}."),
        ("My mobile is {v}.", "Correction, my mobile is {v}."),
    ),
    "name": (
        ("The account is in the name of {v}.", "Sorry, the account is in the name of {v}, not {old}."),
        ("I spoke to {v} last time.", "I looked it up: it wasn't {old} I spoke to, it was {v}."),
        ("The contact at the store is {v}.", "Correction: the contact at the store is {v}."),
        ("It was ordered by {v}.", "Actually it was ordered by {v}, not by {old}."),
    ),
}
