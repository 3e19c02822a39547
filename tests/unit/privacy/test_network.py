"""Addresses of the net."""

import pytest

from assistant.privacy import PersonalKind, find_personal


def found(text: str, kind: PersonalKind) -> list[str]:
    return [text[each.start : each.end] for each in find_personal(text, (kind,))]


@pytest.mark.parametrize(
    "address",
    [
        "maya@example.com", "maya.o'neil+shop@mail.example.co.uk", "jürgen@müller.de", "用户@例子.公司", "a_b-c@x-y.io",
        "maya at example dot com", "maya (at) example.com", "maya[at]example[dot]org", "maya @ example.com",
        "maya＠example.com", "maya dot neil at mail dot example dot com",
    ],
)  # fmt: skip
def test_an_email_address_is_found_however_it_is_spelled(address):
    assert found(f"Write to {address}, please", "email") == [address]


@pytest.mark.parametrize(
    "harmless", ["I am at home", "look at dot matrix", "5 @ 20 euros", "@maya", "maya@", "maya@host", "a@b"]
)
def test_what_is_no_email_address_is_left(harmless):
    assert found(harmless, "email") == []


def test_quotes_and_stops_around_an_address_are_not_its_own():
    assert found("'maya@example.com'.", "email") == ["maya@example.com"]
    assert found("<mailto:maya@example.com>", "email") == ["maya@example.com"]


@pytest.mark.parametrize(
    "address", ["192.168.0.14", "8.8.8.8", "2001:db8::8a2e:370:7334", "fe80::1ff:fe23:4567:890a", "::ffff:192.0.2.128"]
)
def test_network_addresses_are_found(address):
    assert found(f"My router is {address}.", "ip_address") == [address]


@pytest.mark.parametrize(
    "harmless", ["firmware 6.16.0", "version 1.2.3.4", "12:30:45", "a::b", "std::vector", "256.1.1.1", "1.2.3.4.5"]
)
def test_versions_times_and_code_are_no_network_addresses(harmless):
    assert found(harmless, "ip_address") == []


@pytest.mark.parametrize(
    "link",
    [
        "https://www.Example.co.uk/",
        "http://example.org/a?b=c#d",
        "www.example.museum",
        "example.com/path",
        "https://de.wikipedia.org/wiki/A_(b)",
    ],
)
def test_links_are_found_without_the_stop_behind_them(link):
    assert found(f"see {link}.", "url") == [link]


@pytest.mark.parametrize("harmless", ["README.md", "6.16.0", "e.g.this", "maya@example.com", "end.Next"])
def test_file_names_and_sentences_are_no_links(harmless):
    assert found(harmless, "url") == []
