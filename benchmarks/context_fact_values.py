"""Values as people write them in support chats, drawn at random: identifiers, amounts, dates, addresses, promises."""

from __future__ import annotations

import random
import string
from collections.abc import Callable


def _digits(draw: random.Random, length: int) -> str:
    return draw.choice("123456789") + "".join(draw.choice(string.digits) for _ in range(length - 1))


def _letters(draw: random.Random, length: int) -> str:
    return "".join(draw.choice("ABCDEFGHJKLMNPQRSTUVWXYZ") for _ in range(length))


def _order(draw: random.Random) -> str:
    d = lambda n: _digits(draw, n)  # noqa: E731
    return draw.choice(
        [
            f"#{d(5)}",
            f"ORD-2026-{d(5)}",
            f"{_letters(draw, 1)}-{d(4)}-{d(4)}",
            f"{d(4)}-{d(3)}-{d(1)}",
            d(9),
            f"SO{d(7)}",
            f"{_letters(draw, 2)}{d(2)}-{d(2)}{_letters(draw, 2)}",
            f"{d(3)}-{d(7)}-{d(7)}",
        ]
    )


def _ticket(draw: random.Random) -> str:
    d = lambda n: _digits(draw, n)  # noqa: E731
    return draw.choice(
        [f"INC{d(7)}", f"TCK-{d(4)}", f"#{d(4)}", f"00{d(6)}", f"REQ-{d(2)}/2026", f"HD-{d(6)}", f"CS{d(5)}-{d(2)}"]
    )


def _tracking(draw: random.Random) -> str:
    d = lambda n: _digits(draw, n)  # noqa: E731
    spaced = " ".join([_digits(draw, 4) for _ in range(5)] + [_digits(draw, 2)])
    return draw.choice(
        [f"1Z{d(3)}{_letters(draw, 2)}{d(10)}", f"JD01{d(10)}", f"RR{d(9)}NL", d(20), f"TBA{d(12)}", spaced, d(12)]
    )


def _amount(draw: random.Random) -> str:
    whole, cents = draw.randint(11, 980), f"{draw.randint(1, 99):02}"
    thousands = f"{draw.randint(1, 9)}"
    return draw.choice(
        [
            f"${whole}.{cents}",
            f"€{thousands},{draw.randint(100, 999)}.{cents}",
            f"{whole},{cents} €",
            f"EUR {whole}",
            f"£{whole}.{cents}",
            f"{whole}.{cents} GBP",
            f"USD {thousands},{draw.randint(100, 999)}",
            f"{whole} euros",
            f"CHF {whole}.{cents}",
            f"{whole} dollars",
            f"{thousands}.{draw.randint(100, 999)},{cents} €",
            f"¥{whole},{draw.randint(100, 999)}",
        ]
    )


_MONTHS = "January February March April May June July August September October November December".split()
_DAYS = "Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split()


def _ordinal(day: int) -> str:
    return f"{day}{'th' if 10 < day < 14 else {1: 'st', 2: 'nd', 3: 'rd'}.get(day % 10, 'th')}"


def _date(draw: random.Random) -> str:
    day, month = draw.randint(1, 28), draw.randint(1, 12)
    name = _MONTHS[month - 1]
    return draw.choice(
        [
            f"2026-{month:02}-{day:02}",
            f"{day} {name} 2026",
            f"{name} {_ordinal(day)}",
            f"{day:02}/{month:02}/2026",
            f"{name[:3]} {day}, 2026",
            f"{_ordinal(day)} of {name}",
            f"{day:02}.{month:02}.2026",
            f"{draw.choice(_DAYS)} {day} {name}",
            f"{day} {name[:3]}",
        ]
    )


_FIRST = (
    "Priya Tomasz Helen Dario Mei Kwame Ingrid Yusuf Beatriz Callum Noor Satoshi Amélie Declan Zofia Rafael".split()
)
_LAST = (
    "Raghunathan Okafor Lindqvist Esposito Marsh Wójcik Haddad Nakamura O'Connell Ferreira Baptiste Hargreaves "
    "Schäfer Delgado Whitcombe Moreau"
).split()
_DOMAINS = ("example.com", "mail.example.org", "example.co.uk", "post.example.net", "shop-example.de")


def _name(draw: random.Random) -> str:
    first, last = draw.choice(_FIRST), draw.choice(_LAST)
    return draw.choice([f"{first} {last}", f"{first} {last}", f"{first} {draw.choice('ABCDEGHJKLM')}. {last}"])


def _email(draw: random.Random) -> str:
    plain = str.maketrans("éójüä'", "eojua.")
    first = draw.choice(_FIRST).lower().translate(plain)
    last = draw.choice(_LAST).lower().translate(plain)
    box = draw.choice(
        [f"{first}.{last}", f"{first[0]}{last}", f"{last}{draw.randint(1, 99)}", f"{first}+orders", f"{first}_{last}"]
    )
    return f"{box}@{draw.choice(_DOMAINS)}"


def _phone(draw: random.Random) -> str:
    d = lambda n: _digits(draw, n)  # noqa: E731
    return draw.choice(
        [
            f"+44 20 7946 0{d(3)}",
            f"({d(3)}) 555-01{d(2)}",
            f"0171 555 0{d(3)}",
            f"+1-{d(3)}-555-01{d(2)}",
            f"030 5550 {d(4)}",
            f"+49 (0)30 5550-{d(3)}",
            f"555-01{d(2)}",
            f"+33 1 70 18 {d(2)} {d(2)}",
            f"{d(3)}.555.01{d(2)}",
        ]
    )


def _url(draw: random.Random) -> str:
    d = lambda n: _digits(draw, n)  # noqa: E731
    return draw.choice(
        [
            f"https://status.example.com/incidents/{d(4)}",
            f"www.example.org/returns/{_letters(draw, 4).lower()}",
            f"http://portal.example.net/a?id={d(3)}&v={d(1)}",
            f"https://help.example.com/kb/{d(3)}#step-{d(1)}",
            f"help.example.com/kb/{d(4)}",
            f"https://pay.example.com/i/{_letters(draw, 3)}{d(5)}",
            f"https://docs.example.io/setup_{d(2)}.html",
        ]
    )


def _address(draw: random.Random) -> str:
    number = draw.randint(2, 240)
    return draw.choice(
        [
            f"{number} Rowan Close, Leeds LS6 2AB",
            f"Hauptstraße {number}, 10115 Berlin",
            f"{number} Maple Street, Apt {draw.randint(2, 19)}, Springfield, IL 62704",
            f"{number} Harbour Road, Galway",
            f"{number} rue des Lilas, 69003 Lyon",
            f"Flat {draw.randint(2, 19)}, {number} Queen's Avenue, Bristol BS8 1SE",
            f"{number} W Juniper Ave, Suite {draw.randint(100, 400)}, Tempe, AZ 85281",
            f"Keizersgracht {number}, 1016 DV Amsterdam",
        ]
    )


_BY_USER = (
    "send you photos of the damage by Friday",
    "return the router on Monday",
    "pay the remaining balance next week",
    "call back with the serial number tomorrow morning",
    "sign the form tonight",
    "bring the parcel to the post office by noon",
    "test the new cable this evening",
    "forward the bank statement before the 15th",
    "let you know about the second delivery on Wednesday",
    "cancel the duplicate booking myself today",
)
_BY_ASSISTANT = (
    "refund the shipping cost within 5 working days",
    "ship a replacement by Thursday",
    "call you back before 5 pm",
    "waive the late fee on your next bill",
    "escalate this to the network team today",
    "email you a prepaid label within the hour",
    "keep your old plan until the end of March",
    "credit the difference to your account by Monday",
    "hold the parcel at the depot for ten days",
    "send the corrected invoice tonight",
)

VALUES: dict[str, Callable[[random.Random], str]] = {
    "order number": _order,
    "ticket": _ticket,
    "tracking code": _tracking,
    "amount": _amount,
    "date": _date,
    "e-mail": _email,
    "phone": _phone,
    "name": _name,
    "web address": _url,
    "postal address": _address,
    "promise by user": lambda draw: draw.choice(_BY_USER),
    "promise by assistant": lambda draw: draw.choice(_BY_ASSISTANT),
}
