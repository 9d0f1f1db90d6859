"""Reads journey maps in the forms that `import_maps.py` names, as bodies of our own JSON."""

import json
import re
from collections.abc import Iterable, Iterator
from itertools import groupby
from pathlib import Path
from typing import Any, NamedTuple

Json = dict[str, Any]

SOURCE = "import_maps"
"""The source of the external id by which a map of a file is known."""
FACES = dict.fromkeys("😡😭🤬", -2.0) | dict.fromkeys("😟😕🙁😞😢😠😤", -1.0)
FACES |= (
    dict.fromkeys("😐😶", 0.0) | dict.fromkeys("🙂😊😀😃😄😌", 1.0) | dict.fromkeys("😍🤩🥳", 2.0)
)
LABELS = {
    "actions": "steps",
    "thoughts": "thoughts",
    "頭の中": "thoughts",
    "emotions": "emotion",
    "emotional state": "emotion",
    "needs": "needs",
    "goals": "goals",
    "pain points": "frustrations",
    "touchpoints": "touchpoints",
    "採用条件": "decision_factors",
    "続ける条件": "decision_factors",
    "離脱条件": "objections",
}
"""What a label or the head of a column means, by how it ends."""
STAGE_HEADS = {"stage", "phase", "step", "段階"}

FENCE = re.compile(r"^\s*(`{3,}|~{3,})\s*(\w*)")
STAGE = re.compile(r"#{2,4}\s+(?:stage|phase|step)?\s*\d+[.:]\s+(?P<name>.+)", re.IGNORECASE)
LABEL = re.compile(r"\*\*(?P<name>[^*]+?):?\*\*:?\s*(?P<rest>.*)")
BULLET = re.compile(r"\A(?:[-*]|\d+\.|>)\s*")
LINK = re.compile(r"!?\[([^\]]*)\]\([^)]*\)")
INTENSITY = re.compile(r"(\d)\s*/\s*5")


class Found(NamedTuple):
    """A map in a file: a diagram for the service to read, or a body; and what stays behind."""

    name: str
    diagram: str = ""
    body: Json | None = None
    left: tuple[str, ...] = ()


def maps(path: Path, place: str) -> Iterator[Found]:
    """The maps in a file."""
    text = path.read_text(encoding="utf-8-sig")
    if path.suffix == ".json":
        yield from own_maps(json.loads(text), place)
    elif path.suffix == ".mmd":
        yield Found(f"{place}#0", diagram=text)
    else:
        drawn = [block for block in mermaid_blocks(text) if is_journey(block)]
        for n, block in enumerate(drawn):
            yield Found(f"{place}#{n}", diagram=block)
        if not drawn:
            yield from told_map(text, place)


def mermaid_blocks(text: str) -> Iterator[str]:
    """The contents of the `mermaid` fences."""
    fence = ""
    kept: list[str] | None = None
    for line in text.splitlines():
        found = FENCE.match(line)
        if fence and found and found[1].startswith(fence) and not found[2]:
            if kept is not None:
                yield "\n".join(kept)
            fence = ""
            kept = None
        elif fence and kept is not None:
            kept.append(line)
        elif not fence and found:
            fence, kept = found[1], [] if found[2].lower() == "mermaid" else None


def is_journey(block: str) -> bool:
    """Whether a diagram is a journey, comments and front matter apart."""
    return re.search(r"^\s*journey\s*$", block, re.MULTILINE) is not None


def own_maps(found: Any, place: str) -> Iterator[Found]:
    """Maps in our own JSON, or in that of a catalogue of steps."""
    if isinstance(found, dict) and "bundle" in found:
        for n, one in enumerate(found["journeys"]):
            one["external_ids"] = [*one.get("external_ids", []), name_of(f"{place}#{n}")]
        yield Found(f"{place}#0", body=found)
    elif isinstance(found, dict) and {"journeys", "plcNodes"} <= found.keys():
        yield from listed(found, place)
    else:
        several = found.get("items", [found]) if isinstance(found, dict) else found
        for n, one in enumerate(several if isinstance(several, list) else []):
            if isinstance(one, dict) and "title" in one:
                names = [*one.get("external_ids", []), name_of(f"{place}#{n}")]
                yield Found(f"{place}#{n}", body={**one, "external_ids": names})


def name_of(name: str) -> Json:
    """A map's name as an external id."""
    return {"source": SOURCE, "id": name}


def listed(found: Json, place: str) -> Iterator[Found]:
    """Maps of a catalogue: `journeys` name their steps by id, `plcNodes` describe these."""
    nodes = {node["id"]: node for node in found["plcNodes"]}
    places = {one["id"]: one["name"] for one in found["jurisdictions"]}
    kinds = {one["id"]: one["name"] for one in found["categories"]}
    for journey in found["journeys"]:
        notes: dict[str, list[str]] = {}
        for one in journey.get("gotchas", ()):
            notes.setdefault(one["step"], []).append(one["note"])
        runs = groupby((nodes[step] for step in journey["steps"]), lambda n: n["jurisdiction"])
        stages = [
            {"name": places[where], "steps": [step_of(node, notes) for node in run]}
            for where, run in runs
        ]
        name = f"{place}#{journey['id']}"
        body = {"title": journey["name"], "tags": [kinds[journey["cat"]]], "stages": stages}
        left = {"dependencies", "references", "ruleExceptions"} & {n for n in journey if journey[n]}
        nots = {"description", "fee", "estTime", "renewalTerm", "source", "phase"}
        left |= {f"plcNodes.{n}" for step in journey["steps"] for n in nots if nodes[step].get(n)}
        yield Found(name, body={**body, "external_ids": [name_of(name)]}, left=tuple(left))


def step_of(node: Json, notes: dict[str, list[str]]) -> Json:
    """A step of a catalogue: who is in charge, and what goes wrong there."""
    pains = notes.get(node["id"], [])
    step = {"key": node["id"], "action": node["name"], "department": node["agency"][:100]}
    return {**step, "pains": pains}


# -- maps told in Markdown -----------------------------------------------------------------------


def told_map(text: str, place: str) -> Iterator[Found]:
    """The map that a text tells by headings and labels, or by a table of stages."""
    left: set[str] = set()
    met: dict[str, str] = {}
    lines = text.splitlines()
    stages = list(stages_of_headings(lines, left, met)) or list(stages_of_tables(lines, left, met))
    if not stages:
        return
    title = next((line[2:] for line in lines if line.startswith("# ")), place)
    said = dict(label for line in lines if (label := labelled(line)))
    who = said.get("persona", "").partition(" - ")[0]
    name = f"{place}#0"
    journey = {
        "key": "map",
        "title": title.strip().removeprefix("Journey Map: "),
        "scenario": said.get("scenario") or None,
        "persona_ids": ["persona"] if who else [],
        "external_ids": [name_of(name)],
        "stages": stages,
    }
    bundle: Json = {"bundle": 1, "journeys": [journey]}
    bundle["personas"] = [{"key": "persona", "name": who}] if who else []
    bundle["touchpoints"] = [{"key": key, "name": label} for key, label in met.items()]
    yield Found(name, body=bundle, left=tuple(left))


def labelled(line: str) -> tuple[str, str] | None:
    """A bold label and what follows it on its line."""
    found = LABEL.fullmatch(line.strip())
    return None if found is None else (found["name"].strip().lower(), found["rest"].strip())


def meaning(label: str) -> str:
    """What a label or column means, or nothing."""
    plain = label.strip().lower()
    return next((what for end, what in LABELS.items() if plain.endswith(end)), "")


def stages_of_headings(lines: list[str], left: set[str], met: dict[str, str]) -> Iterator[Json]:
    """A stage for each numbered heading with actions below it."""
    for heading, section in sections(lines):
        told = told_by_labels(section)
        found = STAGE.fullmatch(heading)
        if found and any(meaning(label) == "steps" for label in told):
            yield stage_of(found["name"], told, left, met)
        elif heading.startswith("##") and "".join(section).strip() and not rows_of(section):
            left.add(f"section “{heading.strip('# ')}”")


def told_by_labels(section: list[str]) -> dict[str, list[str]]:
    """The items below each bold label."""
    told: dict[str, list[str]] = {}
    label = ""
    for line in section:
        label, text = labelled(line) or (label, line)
        item = LINK.sub(r"\1", BULLET.sub("", text.strip(), count=1)).strip(' "')
        items = told.setdefault(label, []) if label else []
        if item and set(item) != {"-"}:
            items.append(item)
    return told


def sections(lines: list[str]) -> Iterator[tuple[str, list[str]]]:
    """The headings, each with the lines up to the next one."""
    heading = ""
    kept: list[str] = []
    for line in [*lines, "#"]:
        if not line.startswith("#"):
            kept.append(line)
            continue
        if heading:
            yield heading, kept
        heading, kept = line.strip(), []


def stages_of_tables(lines: list[str], left: set[str], met: dict[str, str]) -> Iterator[Json]:
    """A stage for each row of a table whose first column is of stages."""
    for row in rows_of(lines):
        (_, first), *rest = row.items()
        name = BULLET.sub("", first, count=1)
        told = {head: [cell] for head, cell in rest if cell}
        yield stage_of(name, {"actions": [name], **told}, left, met)


def rows_of(lines: list[str]) -> list[dict[str, str]]:
    """The rows of the tables of stages, by the heads of their columns."""
    rows: list[dict[str, str]] = []
    heads: list[str] = []
    for line in lines:
        cells = [cell.strip() for cell in line.strip().strip("|").split("|")]
        if not line.lstrip().startswith("|"):
            heads = []
        elif not heads:
            heads = cells
        elif tells_stages(heads) and not set(cells[0]) <= set("-: "):
            rows.append(dict(zip(heads, cells, strict=False)))
    return rows


def tells_stages(heads: list[str]) -> bool:
    """Whether a table has a stage in each row, and something of it that we know."""
    return heads[0].lower() in STAGE_HEADS and any(meaning(head) for head in heads[1:])


def stage_of(name: str, told: dict[str, list[str]], left: set[str], met: dict[str, str]) -> Json:
    """A stage, by what its labels mean; `left` gains those that mean nothing here."""
    stage: Json = {"name": name}
    named = {label: meaning(label) for label in told}
    actions = (item for label, what in named.items() if what == "steps" for item in told[label])
    steps: list[Json] = [{"action": item[:500]} for item in actions]
    last = steps[-1] if steps else {}
    for label, what in named.items():
        if what == "emotion":
            stage["feelings"] = told[label]
            felt(steps, told[label], left)
        elif what == "thoughts":
            last[what] = told[label]
        elif what == "touchpoints":
            keys = {key_of(item): item.partition(" (")[0] for item in told[label]}
            met |= {key: label for key, label in keys.items() if key not in met}
            last[what] = [{"key": key} for key in keys]
        elif what and what != "steps":
            stage[what] = told[label]
        elif not what:
            left.add(label)
    return {**stage, "steps": steps}


def key_of(touchpoint: str) -> str:
    """A touchpoint's key, of its name without what stands in brackets."""
    return re.sub(r"\W+", "-", touchpoint.partition(" (")[0].lower()).strip("-")


def felt(steps: list[Json], items: Iterable[str], left: set[str]) -> None:
    """Rate the first and the last step by the faces of a stage's emotion."""
    text = " ".join(items)
    faces = [FACES[face] for face in text if face in FACES]
    if not steps or not faces or (len(faces) > 1 and not re.search("->|→", text)):
        left.add("an emotion without one face")
        return
    strengths = [int(strength) for strength in INTENSITY.findall(text)]
    if len(strengths) == len(faces):
        faces = [strong(face, of5) for face, of5 in zip(faces, strengths, strict=True)]
    steps[0]["emotion"] = faces[0] if len(faces) > 1 else None
    steps[-1]["emotion"] = faces[-1]


def strong(face: float, of5: int) -> float:
    """A feeling as a rating: good or bad by the face, so much of 2, in half points."""
    return (0 if face == 0 else face / abs(face)) * round(of5 * 4 / 5) / 2
