"""Load reviews whose sentences are marked by aspect and strength, by the public API alone.

    .venv/bin/python examples/reviews.py FOLDER --key wp_…

or with WAYPOST_URL and WAYPOST_KEY in the environment. It needs httpx and nothing else. The form is
that of Hu and Liu's customer reviews, a file for each product: `[t]title` begins a review, and
`picture[+2],size[-1][u]##sentence` marks a sentence. A second run changes nothing and says so.
docs/crm.md tells what becomes of it.
"""

import argparse
import gzip
import re
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

from exports import Json, Refused, Report, Row, Service, run, shown

SOURCE = "product_reviews"
MARK = re.compile(r"\s*(?P<aspect>[^\[\]{}]*?)\s*\[(?P<strength>[+-]\d)\](\s*\[[a-z]+\])*\s*")
SIGNS = re.compile(r"\[([+-]\d)\]")
STRONGEST = 3
AT_ONCE = 8
"""Reviews that are sent beside each other."""


@dataclass
class Review:
    """One review: where it begins, its title, its sentences, and the marks in them."""

    row: Row
    title: str
    sentences: list[str] = field(default_factory=list)
    marks: list[tuple[Row, Json]] = field(default_factory=list)


def load(given: argparse.Namespace, service: Service, report: Report) -> None:
    """A source for each review, and a finding for each mark in it; several reviews at once."""
    known = {kind: service.known(kind, SOURCE) for kind in ("evidence-sources", "evidence")}
    found = [one for path in files(given.path) for one in reviews(path, report)]
    with ThreadPoolExecutor(AT_ONCE) as pool:
        stored = pool.map(lambda review: store(service, report, review, known), found)
        for done, _ in enumerate(stored, 1):
            shown("reviews", done, len(found))


def store(
    service: Service, report: Report, review: Review, known: dict[str, dict[str, Json]]
) -> None:
    """One review and its findings."""
    row = review.row
    body = {
        "source_kind": "review",
        "title": f"{product(row.file)}: {review.title or row.name}"[:200],
        "description": " ".join(review.sentences) or None,
    }
    try:
        source = service.synced(
            "evidence-sources", SOURCE, row.name, body, known["evidence-sources"]
        )
    except Refused as error:
        report.reject(row, str(error))
        return
    for row, mark in review.marks:
        try:
            finding = {**mark, "source_id": source["id"]}
            service.synced("evidence", SOURCE, row.name, finding, known["evidence"])
        except Refused as error:
            report.reject(row, str(error))


def files(path: Path) -> list[Path]:
    """The files of reviews in a folder, or the one that is named."""
    if not path.is_dir():
        return [path]
    return sorted(p for p in path.glob("*.txt*") if not p.name.startswith("README"))


def product(file: str) -> str:
    """What is reviewed, by the name of the file."""
    return file.partition(".txt")[0].replace("_", " ")


def reviews(path: Path, report: Report) -> Iterator[Review]:
    """The reviews of a file. A mark that cannot be read is rejected, its sentence stays."""
    opened = gzip.open if path.suffix == ".gz" else open
    with opened(path, "rt", encoding="latin-1") as text:
        review: Review | None = None
        for number, line in enumerate(text, 1):
            row = Row(path.name, number, f"{product(path.name)}:{number}", {})
            if line.startswith("[t]"):
                if review:
                    yield review
                review = Review(row, line[3:].strip())
                report.read[path.name] += 1
            elif review and line.strip():
                sentence(review, row, line, report)
        if review:
            yield review


def sentence(review: Review, row: Row, line: str, report: Report) -> None:
    """Add a line to its review: the sentence, and a finding for each of its marks."""
    head, _, text = line.partition("#")
    text = text.lstrip("#").strip()
    if not text:
        report.read[row.file] += 1
        report.reject(row, f"is no sentence of a review: {line.strip()!r}")
        return
    review.sentences.append(text)
    for place, piece in enumerate(pieces(head), 1):
        report.read[row.file] += 1
        found = MARK.fullmatch(piece)
        named = Row(row.file, row.line, f"{row.name}:{place}", {})
        if found is None or abs(strength := int(found["strength"])) not in range(1, STRONGEST + 1):
            report.reject(named, f"the mark {piece.strip()!r} has no strength from 1 to 3")
            continue
        finding = {
            **{"kind": "anecdotal", "topic": product(row.file), "language": "en", "text": text},
            "themes": [found["aspect"]] if found["aspect"] else [],
            "rating": {"value": strength, "scale": [-STRONGEST, STRONGEST]},
        }
        review.marks.append((named, finding))


def pieces(head: str) -> Iterator[str]:
    """The marks before a sentence, apart: by commas, and where one is missing."""
    for part in head.split(","):
        ends = [found.end() for found in SIGNS.finditer(part)][:-1]
        for start, end in zip([0, *ends], [*ends, len(part)], strict=True):
            if part[start:end].strip():
                yield part[start:end]


if __name__ == "__main__":
    sys.exit(run(__doc__ or "", load))
