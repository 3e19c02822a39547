"""A fitted scope survives its disk, or says that it didn't."""

from __future__ import annotations

import json
from contextlib import AsyncExitStack
from dataclasses import replace

import numpy as np
import pytest

from assistant.bootstrap import fitting
from assistant.errors import ConfigurationError
from assistant.perimeter.policy import Costs
from assistant.perimeter.scope.artifact import (
    FILE,
    Fitted,
    fit_key,
    fit_recipe,
    policy_key,
    read_artifact,
    write_artifact,
)
from assistant.perimeter.scope.examples import Example, background, distinct, read_examples
from assistant.perimeter.scope.quick import fit_quick
from tests.unit.perimeter.scope.scopes import WordEmbedder, examples_of, policy, vector_of, vectors_of


async def open_scope(folder, policy, embedder, **more):
    async with AsyncExitStack() as stack:
        return await fitting.open_scope(folder, policy, embedder, stack=stack, **more)


def fitted(**changes):
    examples = examples_of(5, outside=4)
    made = Fitted(
        key=fit_key(examples, policy(), "words"),
        embedder="words",
        policy_key=policy_key(policy()),
        model=fit_quick(examples, vectors_of(examples)),
        examples=examples,
        vectors=vectors_of(examples),
        given=15,
    )
    return replace(made, **changes)


def test_what_was_written_reads_the_same(tmp_path):
    made = fitted()
    write_artifact(tmp_path, made)
    back = read_artifact(tmp_path)
    assert (back.key, back.examples, back.given, back.model.zones) == (made.key, made.examples, 15, made.model.zones)
    one = np.array([vector_of("where is my parcel")], np.float32)
    for left, right in zip(back.model.read(["where is"], one), made.model.read(["where is"], one), strict=True):
        assert left.tolist() == right.tolist()


def test_no_artifact_is_none(tmp_path):
    assert read_artifact(tmp_path) is None


def test_a_write_that_fails_says_where_and_leaves_nothing_behind(tmp_path):
    path = write_artifact(tmp_path, fitted())
    path.unlink()
    (path / "in the way").mkdir(parents=True)
    with pytest.raises(ConfigurationError, match=path.name):
        write_artifact(tmp_path, fitted())
    assert list(tmp_path.iterdir()) == [path]


def test_a_rewrite_leaves_nothing_beside_it(tmp_path):
    write_artifact(tmp_path, fitted())
    write_artifact(tmp_path, fitted(key="other"))
    assert [path.name for path in tmp_path.iterdir()] == [FILE]
    assert read_artifact(tmp_path).key == "other"


@pytest.mark.parametrize("share", [0.0, 0.3, 0.9, 0.999])
def test_a_file_cut_short_is_an_error_that_names_it_and_the_way_out(tmp_path, share):
    path = write_artifact(tmp_path, fitted())
    whole = path.read_bytes()
    path.write_bytes(whole[: int(len(whole) * share)])
    with pytest.raises(ConfigurationError, match=r"scope\.npz.*perimeter fit"):
        read_artifact(tmp_path)


def test_a_byte_flipped_anywhere_is_noticed_or_harmless(tmp_path):
    path = write_artifact(tmp_path, fitted())
    whole = bytearray(path.read_bytes())
    middle = len(whole) // 2
    whole[middle] ^= 0xFF
    path.write_bytes(bytes(whole))
    with pytest.raises(ConfigurationError, match="damaged"):
        read_artifact(tmp_path)


def rewritten(path, change):
    with np.load(path) as arrays:
        held = dict(arrays)
    about = json.loads(bytes(held["about"]))
    change(about, held)
    held["about"] = np.frombuffer(json.dumps(about).encode(), np.uint8)
    np.savez(path, **held)


@pytest.mark.parametrize(
    "change",
    [
        lambda about, held: about.update(kind="something else"),
        lambda about, held: about["topics"].append("one too many"),
        lambda about, held: about["words"].pop(),
        lambda about, held: about["examples"].pop(),
        lambda about, held: held.pop("heads_dense"),
        lambda about, held: held.update(vectors=held["vectors"] * np.nan),
    ],
)
def test_a_foreign_or_inconsistent_file_is_never_used(tmp_path, change):
    path = write_artifact(tmp_path, fitted())
    rewritten(path, change)
    with pytest.raises(ConfigurationError, match=r"scope\.npz"):
        read_artifact(tmp_path)


async def test_what_another_version_wrote_is_fitted_anew_on_the_examples_kept(tmp_path):
    more = Example("kept from the file", "oos")
    made = fitted(examples=(*fitted().examples[:15], more), vectors=fitted().vectors[:16], given=15)
    rewritten(write_artifact(tmp_path / "perimeter", made), lambda about, held: (about.update(form=1), held.clear()))
    assert read_artifact(tmp_path / "perimeter") is None
    scope = await open_scope(tmp_path, policy(), WordEmbedder())
    assert more in scope.examples
    assert more in read_artifact(tmp_path / "perimeter").examples


def test_a_version_that_fits_otherwise_has_another_key():
    recipe = fit_recipe()
    assert policy_key(policy(), recipe) == policy_key(policy())
    assert [example.text for example in background()] in recipe
    for at in range(len(recipe)):
        assert policy_key(policy(), [*recipe[:at], "other", *recipe[at + 1 :]]) != policy_key(policy())


def test_the_key_changes_with_data_policy_embedder_and_heads():
    base = policy()
    dearer = replace(base, costs=Costs(wrong_answer=99))
    keys = {
        fit_key(examples_of(3), base, "a"),
        fit_key(examples_of(4), base, "a"),
        fit_key(examples_of(3), base, "b"),
        fit_key(examples_of(3), dearer, "a"),
        fit_key(examples_of(3), base, "a", ("tuned",)),
    }
    assert len(keys) == 5


async def test_a_scope_is_fitted_once_and_then_opened(tmp_path):
    embedder = WordEmbedder()
    first = await open_scope(tmp_path, policy(), embedder)
    encoded = embedder.encoded
    second = await open_scope(tmp_path, policy(), embedder)
    assert embedder.encoded == encoded > 0
    text = "where is my parcel"
    assert await first.read([text], [vector_of(text)]) == await second.read([text], [vector_of(text)])


async def test_a_changed_policy_is_fitted_anew_on_the_examples_kept(tmp_path):
    more = Example("kept from the file", "oos")
    made = fitted(examples=(*fitted().examples[:15], more), vectors=fitted().vectors[:16], given=15)
    write_artifact(tmp_path / "perimeter", made)
    said: list[str] = []
    changed = replace(policy(), costs=Costs(wrong_answer=50))
    scope = await open_scope(tmp_path, changed, WordEmbedder(), say=said.append)
    assert more in scope.examples
    assert said
    assert read_artifact(tmp_path / "perimeter").policy_key == policy_key(changed)


async def test_another_embedder_makes_it_fit_again(tmp_path):
    await open_scope(tmp_path, policy(), WordEmbedder())
    other = WordEmbedder()
    other.name = "other words"
    await open_scope(tmp_path, policy(), other)
    assert other.encoded > 0


async def test_a_damaged_artifact_is_never_fitted_over_in_silence(tmp_path):
    await open_scope(tmp_path, policy(), WordEmbedder())
    (tmp_path / "perimeter" / FILE).write_bytes(b"junk")
    with pytest.raises(ConfigurationError, match="damaged"):
        await open_scope(tmp_path, policy(), WordEmbedder())


async def test_a_policy_without_topics_reads_nothing_and_writes_nothing(tmp_path):
    scope = await open_scope(tmp_path, replace(policy(), topics=()), WordEmbedder())
    [reading] = await scope.read(["hello"], [vector_of("hello")])
    assert (reading.topics, reading.zone) == ((), "band")
    assert not (tmp_path / "perimeter").exists()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("question,topic\na,b\n", "line 1"),
        ("text,label\na,returns\nb,retuns\n", "line 3.*retuns.*returns"),
        ("text,label\na,\n", "line 2"),
        ("text,label\n", "no examples"),
        ("text,label,topic\na,returns,b\n", "line 1.*'topic'"),
        ("text,label\na, b,returns\n", "line 2.*Quote"),
        ("text,label\na\n", "line 2.*fewer"),
        ('text,label\n"a",returns\n"b,returns\nc,returns\n', "line 3.*not valid CSV"),
    ],
)
def test_a_file_of_examples_that_cant_be_used_is_named_with_its_line(tmp_path, text, said):
    path = tmp_path / "examples.csv"
    path.write_text(text)
    with pytest.raises(ConfigurationError, match=rf"examples\.csv.*{said}"):
        read_examples(path, topics=["returns"])


def test_a_question_with_two_labels_is_refused_naming_both_lines(tmp_path):
    path = tmp_path / "examples.csv"
    path.write_text("text,label\nhow do I send it back,returns\nHow do I  send it back,oos\n")
    with pytest.raises(
        ConfigurationError, match=r"examples\.csv, line 3: .*'oos'.*'returns' in .*examples\.csv, line 2"
    ):
        distinct(read_examples(path, topics=["returns"]))


def test_a_label_may_not_contradict_the_policy_but_may_repeat_it(tmp_path):
    path = tmp_path / "examples.csv"
    path.write_text("text,label\nsend it back,returns\n")
    given = read_examples(path, topics=["returns"])
    assert distinct((Example("Send it back", "returns"), *given)) == (Example("Send it back", "returns"),)
    with pytest.raises(ConfigurationError, match=r"line 2: .*'returns', but 'law' in the policy"):
        distinct((Example("Send it back", "law"), *given))


def test_what_an_earlier_fit_kept_gives_way_to_a_policy_that_has_changed_since():
    assert distinct((Example("a", "law"), Example("a", "returns"))) == (Example("a", "law"),)


def test_a_file_of_examples_may_come_from_a_spreadsheet(tmp_path):
    path = tmp_path / "examples.csv"
    path.write_bytes('\ufefftext,label\r\n"a, b",oos\r\n'.encode())
    assert read_examples(path, topics=["returns"]) == (Example("a, b", "oos"),)
