"""Patterns of the contract are those of ECMA-262: what they take there, the service takes."""

import json
import shutil
import subprocess
from collections.abc import Iterator
from typing import Annotated, Any

from pydantic import Field, TypeAdapter, ValidationError

from tests.clients.node import needed
from tests.house.source import ROOT

ODD = ["\t", "\n", "\r", "\x0b", "\x1c", "\x1f", " ", "\x7f", "\x85", "\xa0", "\u1680", "\u180e"]
ODD += [
    "\u200b",
    "\u2028",
    "\u202f",
    "\u3000",
    "\ufeff",
    "é",
    "\u212a",
    "\u017f",
    "😀",
    "/",
    '"',
    "x",
]
PROBES = [
    *ODD,
    *(f"{stem}{one}" for stem in ("k", "https://a.example/", "EUR", "de") for one in ODD),
]

JUDGE = """
const [patterns, texts] = JSON.parse(require("fs").readFileSync(0, "utf8"));
const judged = patterns.map(p => texts.map(t => new RegExp(p, "u").test(t)));
process.stdout.write(JSON.stringify(judged));
"""


def patterns(node: Any) -> Iterator[str]:
    """All patterns below a node of the contract."""
    if isinstance(node, dict):
        if isinstance(found := node.get("pattern"), str):
            yield found
        yield from (name for name in node.get("patternProperties", {}))
        node = list(node.values())
    if isinstance(node, list):
        for one in node:
            yield from patterns(one)


def taken(pattern: str, text: str) -> bool:
    """Whether the service's own dialect takes a text."""
    try:
        TypeAdapter(Annotated[str, Field(pattern=pattern)]).validate_python(text)
    except ValidationError:
        return False
    return True


def test_a_pattern_takes_the_same_in_a_browser_and_in_the_service() -> None:
    node = needed(shutil.which("node"), "Node")
    contract = json.loads((ROOT / "openapi" / "openapi.json").read_text())
    every = sorted(set(patterns(contract)))
    ran = subprocess.run(
        [node, "-e", JUDGE],
        input=json.dumps([every, PROBES]),
        capture_output=True,
        check=True,
        text=True,
    )
    judged = json.loads(ran.stdout)
    assert len(every) > 10
    for pattern, answers in zip(every, judged, strict=True):
        ours = [taken(pattern, text) for text in PROBES]
        assert ours == answers, pattern
