"""perimeter.yaml: read whole, or refused with file, line, key and the way out."""

from pathlib import Path

import pytest

from assistant.errors import PolicyError
from assistant.perimeter.policy import Thresholds, default_policy
from assistant.perimeter.policy_file import load_policy, parse_policy

WHOLE = """\
version: 1
organisation: Acme
about: "Gadgets."
languages: [en, de]
contact: help@acme.example
hosts: [docs.acme.example]
topics:
  - name: returns
    description: Sending back.
    action: answer
    examples: ["how do I return it"]
  - name: law
    action: refuse
    reason: "No legal advice."
    alternatives: ["our terms"]
    examples: ["can I sue"]
  - name: complaints
    action: handoff
    queue: care
    examples: ["I complain"]
sensitive:
  - name: safety
    phrases: ["on fire", "suicid*"]
    queue: safety
    message: "Get out first."
starters:
  - {label: Returns, message: "How do I return it?"}
thresholds:
  support_floor: 0.2
  max_clarifications: 1
"""


def test_a_whole_policy_is_read():
    policy = parse_policy(WHOLE)
    assert policy.organisation == "Acme"
    assert [t.action for t in policy.topics] == ["answer", "refuse", "handoff"]
    assert policy.topics[1].alternatives == ("our terms",)
    assert policy.sensitive[0].phrases == ("on fire", "suicid*")
    assert policy.starters[0].label == "Returns"
    assert policy.thresholds == Thresholds(support_floor=0.2, max_clarifications=1)
    assert policy.hosts == ("docs.acme.example",)


def test_without_hosts_the_domain_of_the_contact_may_be_linked_to():
    assert parse_policy(WHOLE.replace("hosts: [docs.acme.example]\n", "")).hosts == ("acme.example", "*.acme.example")
    assert parse_policy("version: 1\ncontact: ring 0800\n").hosts == ()


def test_the_fingerprint_follows_the_text():
    assert parse_policy(WHOLE).fingerprint == parse_policy(WHOLE).fingerprint
    assert parse_policy(WHOLE).fingerprint != parse_policy(WHOLE + "# x\n").fingerprint


def test_a_file_that_is_not_there_is_named_and_never_means_that_everything_is_in_scope(tmp_path: Path):
    with pytest.raises(PolicyError, match=r"none\.yaml"):
        load_policy(tmp_path / "none.yaml")
    assert default_policy().topics == ()


@pytest.mark.parametrize(
    ("old", "new", "line", "says"),
    [
        ("organisation: Acme", "organization: Acme", 2, "Did you mean 'organisation'"),
        ("    action: answer", "    acton: answer", 10, "Did you mean 'action'"),
        ("    action: answer", "    action: answr", 10, "Did you mean 'answer'"),
        ("version: 1", "version: 2", 1, "'version'"),
        ("languages: [en, de]", "languages: [no]", 4, 'Write "no"'),
        ("languages: [en, de]", "languages: en", 4, "must be a list"),
        ("languages: [en, de]", "languages: [english]", 4, "language code"),
        ("    reason: \"No legal advice.\"\n", "", 12, "'reason'"),
        ("    queue: care\n", "", 17, "'queue'"),
        ("    examples: [\"can I sue\"]\n", "", 12, "'examples'"),
        ("  - name: law", "  - name: returns", 12, "earlier topic"),
        ("  - name: law", "  - name:", 12, "is missing"),
        ("[\"on fire\", \"suicid*\"]", "[]", 23, "is empty"),
        ("[\"on fire\", \"suicid*\"]", "[\"*\"]", 23, "match everything"),
        ("support_floor: 0.2", "support_floor: 2", 29, "between 0 and 1"),
        ("support_floor: 0.2", "support_floor: x", 29, "number"),
        ("support_floor: 0.2", "support_flor: 0.2", 29, "Did you mean 'support_floor'"),
        ("support_floor: 0.2", "support_floor: 0.9", 28, "above support_answer"),
        ("about: \"Gadgets.\"", "about: [a]", 3, "must be text, not a list"),
        ("about: \"Gadgets.\"", "version: 1", 3, "stands twice"),
        ("about: \"Gadgets.\"", "about: \"Gadgets.", 3, "not valid YAML"),
        ("starters:\n  - {label: Returns, message: \"How do I return "
         "it?\"}", "starters:\n  - Returns", 27, "not a single value"),
    ],
)  # fmt: skip
def test_a_mistake_is_named_with_its_line(tmp_path: Path, old: str, new: str, line: int, says: str):
    assert old in WHOLE
    path = tmp_path / "perimeter.yaml"
    path.write_text(WHOLE.replace(old, new))
    with pytest.raises(PolicyError) as caught:
        load_policy(path)
    said = str(caught.value)
    assert says in said
    assert str(path) in said
    if "not valid YAML" not in says:
        assert f"line {line}:" in said, said


@pytest.mark.parametrize("text", ["", "# only a comment\n", "- a\n", "just words"])
def test_an_empty_or_shapeless_file_is_refused(text: str):
    with pytest.raises(PolicyError, match="line 1"):
        parse_policy(text)


def test_a_file_that_is_not_text_is_refused(tmp_path: Path):
    path = tmp_path / "perimeter.yaml"
    path.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(PolicyError, match="can't be read"):
        load_policy(path)
