"""Personal data: what is found, and what is taken for it.

Data: JSONL of `text` and `spans` (type, start, end), such as the synthetic set of presidio-research
(https://github.com/microsoft/presidio-research, MIT). `--benign` are texts where nothing of the kinds masked by default
is expected: CSV with a column `text`, JSONL with `text`, or a folder of documents.

    python benchmarks/guard.py pii --data presidio_synth.jsonl --benign test.csv queries.jsonl knowledge/

Two rules of matching, both by type. `exact`: the same characters. `overlap`: one to one, intersection over union of
characters at least `--iou` (0.5), after neighbouring spans of one type with nothing but white space and punctuation
between them were joined on both sides, as presidio-evaluator's SpanEvaluator does. The headline is `overlap`. `tokens`
is personal or not, word by word, whatever the type. Halves are by the order of the file: rules were made on the first.
`--peers` runs Presidio's recognisers that need no model (presidio-analyzer with a blank spaCy pipeline).
"""

from __future__ import annotations

import argparse
import csv
import json
import os
import platform
import random
import re
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from assistant.perimeter.policy import Policy
from assistant.privacy import KINDS, PersonalKind, find_personal, mask_personal_data

Span = tuple[str, int, int]
Finder = Callable[[str], list[Span]]

TYPES: dict[PersonalKind, str] = {
    "email": "EMAIL_ADDRESS",
    "credit_card": "CREDIT_CARD",
    "iban": "IBAN_CODE",
    "ip_address": "IP_ADDRESS",
    "phone": "PHONE_NUMBER",
    "ssn": "US_SSN",
    "url": "DOMAIN_NAME",
    "person": "PERSON",
    "address": "STREET_ADDRESS",
    "driver_licence": "US_DRIVER_LICENSE",
    "date_of_birth": "DATE_TIME",
    "identity_number": "IDENTITY_NUMBER",
}
PRESIDIO = {"URL": "DOMAIN_NAME", "LOCATION": "STREET_ADDRESS"}


@dataclass(frozen=True)
class Text:
    """A text and the spans that people marked in it."""

    text: str
    spans: tuple[Span, ...]


def main(argv: Sequence[str] | None = None) -> None:
    """Parse the arguments, measure, print a table and one line of JSON."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--benign", type=Path, nargs="*", default=[])
    parser.add_argument("--iou", type=float, default=0.5)
    parser.add_argument("--limit", type=int, default=0, help="only so many texts, chosen by the seed")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--peers", action="store_true")
    result = measure(parser.parse_args(argv))
    show(result)
    print(json.dumps(result))


def measure(arguments: argparse.Namespace) -> dict[str, Any]:
    started = time.perf_counter()
    texts = read_texts(arguments.data)
    if arguments.limit:
        texts = random.Random(arguments.seed).sample(texts, min(arguments.limit, len(texts)))
    result = {"benchmark": "guard pii", **figures(texts, ours, arguments.iou)}
    result["false_positives"] = {str(path): false_positives(path) for path in arguments.benign}
    result["mask_us_per_kb"] = mask_cost([each.text for each in texts])
    if arguments.peers:
        result["peers"] = {"presidio, no model": figures(texts, presidio(), arguments.iou)}
    machine = {"cores": os.cpu_count(), "python": platform.python_version()}
    return result | {"machine": machine, "seed": arguments.seed, "wall_s": round(time.perf_counter() - started, 1)}


def figures(texts: Sequence[Text], find: Finder, iou: float) -> dict[str, Any]:
    """All figures of one finder: the headline, the exact rule, and each half."""
    found = [find(each.text) for each in texts]
    half = len(texts) // 2
    parts = {"first_half": slice(0, half), "second_half": slice(half, None)}
    whole = scores(texts, found, iou)
    return {
        **whole,
        "iou": iou,
        "exact": scores(texts, found, None),
        "tokens": tokens(texts, found),
        **{name: {"overlap": scores(texts[part], found[part], iou), "exact": scores(texts[part], found[part], None)}
           for name, part in parts.items()},
    }  # fmt: skip


def scores(texts: Sequence[Text], found: Sequence[list[Span]], iou: float | None) -> dict[str, Any]:
    """Precision, recall, f1 and f2, overall (micro) and by type. Without `iou` only the same characters count."""
    hits, expected, given = Counter[str](), Counter[str](), Counter[str]()
    for each, spans in zip(texts, found, strict=True):
        gold, ours_ = list(each.spans), list(spans)
        if iou is not None:
            gold, ours_ = joined(each.text, gold), joined(each.text, ours_)
        expected.update(kind for kind, _, _ in gold)
        given.update(kind for kind, _, _ in ours_)
        hits.update(kind for kind, _, _ in matched(gold, ours_, iou))
    types = sorted(expected | given)
    looked_for = [each for each in types if each in TYPES.values() and each != "DATE_TIME"]
    return {
        **ratios(hits.total(), expected.total(), given.total()),
        "by_type": {each: {"n": expected[each], **ratios(hits[each], expected[each], given[each])} for each in types},
        "types_looked_for": ratios(*(sum(each[kind] for kind in looked_for) for each in (hits, expected, given))),
    }


def ratios(hits: int, expected: int, given: int) -> dict[str, float]:
    precision, recall = hits / given if given else 0.0, hits / expected if expected else 0.0
    return {
        "precision": round(precision, 4),
        "recall": round(recall, 4),
        "f1": round(f_measure(precision, recall, 1), 4),
        "f2": round(f_measure(precision, recall, 2), 4),
    }


def f_measure(precision: float, recall: float, beta: float) -> float:
    """Van Rijsbergen's F: recall counts `beta` times as much as precision."""
    weighed = beta**2 * precision + recall
    return (1 + beta**2) * precision * recall / weighed if weighed else 0.0


def matched(gold: Iterable[Span], spans: list[Span], iou: float | None) -> list[Span]:
    """The marked spans that were found; each finding counts for one of them."""
    left, hits = list(spans), []
    for each in gold:
        hit = next((span for span in left if span == each or (iou is not None and overlap(span, each) >= iou)), None)
        if hit is not None:
            left.remove(hit)
            hits.append(each)
    return hits


def overlap(one: Span, other: Span) -> float:
    """Intersection over union of the characters of two spans of one type."""
    if one[0] != other[0]:
        return 0.0
    common = min(one[2], other[2]) - max(one[1], other[1])
    return max(0, common) / (max(one[2], other[2]) - min(one[1], other[1]))


def joined(text: str, spans: list[Span]) -> list[Span]:
    """Neighbours of one type with no letter or digit between them, as one span."""
    joint: list[Span] = []
    for kind, start, end in sorted(spans, key=lambda span: span[1]):
        last = joint[-1] if joint else None
        if last and last[0] == kind and not any(each.isalnum() for each in text[last[2] : start]):
            joint[-1] = (kind, last[1], max(last[2], end))
        else:
            joint.append((kind, start, end))
    return joint


def tokens(texts: Sequence[Text], found: Sequence[list[Span]]) -> dict[str, float]:
    """Words that are personal against words that are said to be, whatever the type."""
    counts = Counter[str]()
    for each, spans in zip(texts, found, strict=True):
        for word in re.finditer(r"\w+", each.text):
            inside = [any(s < word.end() and word.start() < e for _, s, e in side) for side in (each.spans, spans)]
            counts["expected"] += inside[0]
            counts["given"] += inside[1]
            counts["hits"] += all(inside)
    return ratios(counts["hits"], counts["expected"], counts["given"])


def ours(text: str) -> list[Span]:
    return [(TYPES[each.kind], each.start, each.end) for each in find_personal(text)]


def presidio() -> Finder:
    """Presidio's recognisers by pattern and checksum; names and places would need a model."""
    import spacy
    from presidio_analyzer import AnalyzerEngine, RecognizerRegistry
    from presidio_analyzer.nlp_engine import SpacyNlpEngine

    class Blank(SpacyNlpEngine):  # type: ignore[misc]
        """A tokenizer and nothing more."""

        def load(self) -> None:
            self.nlp = {"en": spacy.blank("en")}

    engine = Blank(models=[{"lang_code": "en", "model_name": "blank"}])
    engine.load()
    registry = RecognizerRegistry()
    registry.load_predefined_recognizers(languages=["en"])
    analyzer = AnalyzerEngine(nlp_engine=engine, registry=registry, supported_languages=["en"])
    wanted = [*(kind for kind in TYPES.values() if kind != "DOMAIN_NAME"), "URL"]
    known = [each for each in wanted if each in analyzer.get_supported_entities("en")]

    def find(text: str) -> list[Span]:
        results = sorted(analyzer.analyze(text, language="en", entities=known), key=lambda each: -each.score)
        kept: list[Span] = []
        for each in results:
            if all(each.end <= start or each.start >= end for _, start, end in kept):
                kept.append((PRESIDIO.get(each.entity_type, each.entity_type), each.start, each.end))
        return kept

    return find


def false_positives(path: Path) -> dict[str, Any]:
    """What is found in texts that should hold none of the kinds masked by default: counts, and by kind."""
    texts, default = list(plain_texts(path)), Policy().mask
    kinds = Counter(found.kind for text in texts for found in find_personal(text))
    by_default = sum(len(find_personal(text, default)) for text in texts)
    return {
        "texts": len(texts),
        "kilobytes": sum(map(len, texts)) // 1000,
        "default": by_default,
        "all": kinds.total(),
        "by_kind": {kind: kinds[kind] for kind in KINDS if kinds[kind]},
    }


def plain_texts(path: Path) -> Iterable[str]:
    if path.is_dir():
        for each in sorted(path.rglob("*")):
            if each.suffix in {".md", ".txt", ".html", ".jsonl", ".yaml"}:
                yield each.read_text(encoding="utf-8")
    elif path.suffix == ".csv":
        with path.open(encoding="utf-8", newline="") as lines:
            yield from (row["text"] for row in csv.DictReader(lines))
    else:
        with path.open(encoding="utf-8") as lines:
            yield from (json.loads(line)["text"] for line in lines)


def mask_cost(texts: Sequence[str]) -> float:
    """Microseconds of CPU for a thousand characters of masking as logs and traces do it."""
    begun = time.process_time()
    for text in texts:
        mask_personal_data(text)
    return round((time.process_time() - begun) * 1e9 / sum(map(len, texts)), 1)


def read_texts(path: Path) -> list[Text]:
    with path.open(encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines]
    return [Text(row["text"], tuple((s["type"], s["start"], s["end"]) for s in row["spans"])) for row in rows]


def show(result: dict[str, Any]) -> None:
    """A table for people."""
    print(f"{'type':20}{'n':>6}{'P':>8}{'R':>8}{'F1':>8}{'exact F1':>10}{'2nd half':>10}{'exact':>8}")
    second = result["second_half"]
    for name, row in result["by_type"].items():
        others = (result["exact"], second["overlap"], second["exact"])
        exact, later, later_exact = (side["by_type"].get(name, {}).get("f1", 0.0) for side in others)
        print(
            f"{name:20}{row['n']:6}{row['precision']:8.3f}{row['recall']:8.3f}{row['f1']:8.3f}"
            f"{exact:10.3f}{later:10.3f}{later_exact:8.3f}"
        )
    for name, row in (
        ("all types", result),
        ("types looked for", result["types_looked_for"]),
        ("tokens", result["tokens"]),
    ):
        print(f"{name:26}{row['precision']:8.3f}{row['recall']:8.3f}{row['f1']:8.3f}  f2 {row['f2']:.3f}")
    for path, row in result["false_positives"].items():
        print(
            f"{path}: {row['default']} by default, {row['all']} of all kinds in {row['texts']} texts {row['by_kind']}"
        )
    print(f"masking for logs: {result['mask_us_per_kb']} µs for 1,000 characters", file=sys.stdout)


if __name__ == "__main__":
    main()
