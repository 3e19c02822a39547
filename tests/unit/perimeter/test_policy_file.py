"""perimeter.yaml: read whole, or refused with file, line, key and the way out."""

from pathlib import Path

import pytest

from assistant.errors import PolicyError
from assistant.perimeter.policy import Costs, Thresholds, default_policy
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
  - name: discounts
    action: approve
    queue: sales
    examples: ["can I have a discount"]
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
costs: {wrong_answer: 20, needless_refusal: 1.5}
max_false_answers: 0.02
personal_data: {mask: [email, iban, email], to_people: [ssn]}
max_age_days: 400
"""


def test_a_whole_policy_is_read():
    policy = parse_policy(WHOLE)
    assert policy.organisation == "Acme"
    assert [t.action for t in policy.topics] == ["answer", "refuse", "handoff", "approve"]
    assert policy.topics[1].alternatives == ("our terms",)
    assert policy.sensitive[0].phrases == ("on fire", "suicid*")
    assert policy.starters[0].label == "Returns"
    assert policy.thresholds == Thresholds(support_floor=0.2, max_clarifications=1)
    assert policy.hosts == ("docs.acme.example",)
    assert policy.costs == Costs(wrong_answer=20, needless_refusal=1.5, needless_handoff=4)
    assert policy.max_false_answers == 0.02
    assert policy.mask == ("email", "iban")
    assert policy.to_people == ("ssn",)
    assert policy.max_age_days == 400


def test_an_empty_list_masks_nothing_and_no_list_masks_what_nobody_needs():
    assert parse_policy(WHOLE.replace("[email, iban, email]", "[]")).mask == ()
    assert parse_policy("version: 1\n").mask == ("credit_card", "iban", "ssn")
    assert parse_policy("version: 1\npersonal_data: {}\n").mask == ("credit_card", "iban", "ssn")


def test_one_topic_may_be_answered_by_approval_only():
    text = "version: 1\ntopics: [{name: a, action: approve, queue: q, examples: [why]}]\n"
    assert parse_policy(text).topics[0].queue == "q"


def test_without_hosts_the_domain_of_the_contact_may_be_linked_to():
    assert parse_policy(WHOLE.replace("hosts: [docs.acme.example]\n", "")).hosts == ("acme.example", "*.acme.example")
    assert parse_policy("version: 1\ncontact: ring 0800\n").hosts == ()


@pytest.mark.parametrize("host", ["acme.example", "*.acme.example", "wiki", "10.0.0.7", "my-shop.müller.example"])
def test_a_host_may_be_any_that_a_link_can_name(host: str):
    assert parse_policy(f'version: 1\nhosts: ["{host}"]\n').hosts == (host,)


def test_a_contact_at_a_mail_provider_lets_no_link_to_it_through():
    assert parse_policy("version: 1\ncontact: acme.help@Gmail.com\n").hosts == ()
    assert parse_policy('version: 1\ncontact: acme@outlook.com\nhosts: ["*.acme.example"]\n').hosts == (
        "*.acme.example",
    )


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
        ("  - name: law", "  - name: returns", 12, "an earlier one"),
        ("  - name: law", "  - name:", 12, "is missing"),
        ("  - name: law", "  - name: oos", 12, "no topic. Give it another"),
        ("  - name: law", "  - name: None", 12, "no topic. Give it another"),
        ("[\"on fire\", \"suicid*\"]", "[]", 27, "is empty"),
        ("[\"on fire\", \"suicid*\"]", "[\"*\"]", 27, "match everything"),
        ("support_floor: 0.2", "support_floor: 2", 33, "between 0 and 1"),
        ("support_floor: 0.2", "support_floor: x", 33, "number"),
        ("support_floor: 0.2", "support_flor: 0.2", 33, "Did you mean 'support_floor'"),
        ("support_floor: 0.2", "support_floor: 0.9", 32, "above support_answer"),
        ("about: \"Gadgets.\"", "about: [a]", 3, "must be text, not a list"),
        ("about: \"Gadgets.\"", "version: 1", 3, "stands twice"),
        ("about: \"Gadgets.\"", "about: \"Gadgets.", 3, "not valid YAML"),
        ("starters:\n  - {label: Returns, message: \"How do I return "
         "it?\"}", "starters:\n  - Returns", 31, "not a single value"),
        ("languages: [en, de]", "languages: [en, sv]", 4, "it, nl, pt, pl"),
        ("    queue: sales\n", "", 21, "approve these answers"),
        ("    examples: [\"I complain\"]", "    description: x", 17, "'examples'"),
        ("[\"I complain\"]", "[\"\", \"?!\"]", 20, "without a word"),
        ("[\"I complain\"]", "[\"How do I return it?\"]", 20, "as 'returns' does (line 11)"),
        ("[\"on fire\", \"suicid*\"]", "[\"on fire\", \"return\"]", 27, "'how do I return it' (line 11)"),
        ("starters:", "  - {name: safety, phrases: [x], queue: q, message: m}\nstarters:", 30, "an earlier one"),
        ("starters:", "  - {name: b, phrases: [on fire], queue: q, message: m}\nstarters:", 30, "(line 27)"),
        ("  max_clarifications: 1", "  near_topic: 0.5", 32, "near_topic is above topic"),
        ("wrong_answer: 20", "wrong_answer: 0", 35, "above 0"),
        ("wrong_answer: 20", "wrong_answer: .inf", 35, "number above 0"),
        ("wrong_answer: 20", "wrong_answr: 20", 35, "Did you mean 'wrong_answer'"),
        ("{wrong_answer: 20, needless_refusal: 1.5}", "{wrong_answer: 1e308, needless_refusal: 1.0e-308}", 35, "apart"),
        ("hosts: [docs.acme.example]", "hosts: [\"https://acme.example/help\"]", 6, "the host alone"),
        ("hosts: [docs.acme.example]", "hosts: [\"*\"]", 6, "the host alone"),
        ("hosts: [docs.acme.example]", "hosts: [acme.example/help]", 6, "the host alone"),
        ("hosts: [docs.acme.example]", "hosts: [docs.acme.example, \"acme.*\"]", 6, "'acme.*'"),
        ("max_false_answers: 0.02", "max_false_answers: 2", 36, "between 0 and 1"),
        ("[email, iban, email]", "[e-mail]", 37, "Did you mean 'email'"),
        ("[email, iban, email]", "email", 37, "must be a list"),
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


def test_topics_of_which_none_is_answered_are_refused():
    topics = "topics:\n  - {name: a, action: refuse, reason: No., examples: [why]}\n"
    with pytest.raises(PolicyError, match=r"line 2: 'topics' in the file hold none that is answered"):
        parse_policy(f"version: 1\n{topics}")


@pytest.mark.parametrize("text", ["", "# only a comment\n", "- a\n", "just words"])
def test_an_empty_or_shapeless_file_is_refused(text: str):
    with pytest.raises(PolicyError, match="line 1"):
        parse_policy(text)


def test_a_file_that_is_not_text_is_refused(tmp_path: Path):
    path = tmp_path / "perimeter.yaml"
    path.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(PolicyError, match="can't be read"):
        load_policy(path)
