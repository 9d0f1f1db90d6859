"""Turn a folder of journey maps that others wrote into maps, by the public API alone.

    .venv/bin/python examples/import_maps.py FOLDER --url http://127.0.0.1:8000 --key wp_…

or with WAYPOST_URL and WAYPOST_KEY in the environment. It needs httpx and nothing else. It prints
what it made and what it could not carry; run again, it makes nothing twice, for every map is known
by its place in the folder (an external id of the source `import_maps`).

| file | what is read |
|---|---|
| `.mmd`, Markdown with `mermaid` fences | each `journey` diagram, by the service itself |
| `.json` of our own | a map, a list or page of maps, a bundle |
| `.json` with `journeys` of steps by id | a stage for each run of steps in one jurisdiction |
| Markdown with numbered stages | bold labels: actions become steps, the rest its members |
| Markdown with a table of stages | one stage a line, with one step |

What a file says of a stage as a whole, where a map asks for a step (thoughts, touchpoints, one
emotion), stands at the stage's last step. Of "🙂 -> 😕" the first stands at its first step. A face
says whether a feeling is good or bad, "Intensity: 4/5" how much: 4/5 of 2, in half points.
"""

import argparse
import os
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
from maps_in_files import SOURCE, Found, Json, maps

AT_ONCE = 50
"""Maps in one request."""


def main() -> int:
    """Import a folder; 1 when a file cannot be read, or the service refused something."""
    given = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    given.add_argument("folder", type=Path)
    given.add_argument("--url", default=os.environ.get("WAYPOST_URL", "http://127.0.0.1:8000"))
    given.add_argument("--key", default=os.environ.get("WAYPOST_KEY"))
    asked = given.parse_args()
    if not asked.key:
        given.error("a key is needed (--key or WAYPOST_KEY)")
    if not asked.folder.is_dir():
        given.error(f"there is no folder {asked.folder}")
    headers = {"Authorization": f"Bearer {asked.key}"}
    with httpx.Client(base_url=asked.url, headers=headers, timeout=60) as service:
        return max([0, *(imported(service, asked.folder, path) for path in files(asked.folder))])


def files(folder: Path) -> list[Path]:
    """What may hold maps, in a fixed order."""
    return sorted(p for p in folder.rglob("*") if p.suffix in {".md", ".mmd", ".json"})


def imported(service: httpx.Client, folder: Path, path: Path) -> int:
    """Import one file; 1 when it cannot be read or the service refused it."""
    place = path.relative_to(folder).as_posix()
    try:
        found = list(maps(path, place))
    except (OSError, ValueError, LookupError, TypeError, AttributeError) as error:
        # A file of somebody else's: not UTF-8, broken JSON, or JSON of another shape.
        print(f"{place}: cannot be read: {type(error).__name__}: {error}")
        return 1
    if not found:
        print(f"{place}: no map that this script can read")
    refused = 0
    for group in batches(found):
        try:
            said = sent_diagram(service, group[0]) if group[0].diagram else sent(service, group)
        except httpx.HTTPStatusError as error:
            refused, said = 1, [f"{group[0].name}: refused: {problem(error.response)}"]
        print("\n".join(said))
    if left := sorted({what for one in found for what in one.left}):
        print(f"{place}: not carried: {', '.join(left)}")
    return refused


def batches(found: list[Found]) -> Iterator[list[Found]]:
    """Plain maps many at once; diagrams and bundles one by one."""
    plain = [one for one in found if one.body and "bundle" not in one.body]
    for start in range(0, len(plain), AT_ONCE):
        yield plain[start : start + AT_ONCE]
    yield from ([one] for one in found if one not in plain)


def sent(service: httpx.Client, group: list[Found]) -> list[str]:
    """Send maps in our own JSON: what is known by its name is brought up to date."""
    known = [is_known(service, one.name) for one in group]
    bodies = [one.body for one in group]
    whole = bodies[0] if bodies[0] and "bundle" in bodies[0] else bodies
    answer = service.post("/v1/journeys/import", json=whole).raise_for_status().json()
    again = known if whole is bodies else known * len(answer["items"])
    return [told(made, was) for made, was in zip(answer["items"], again, strict=True)]


def sent_diagram(service: httpx.Client, one: Found) -> list[str]:
    """Have a diagram read into the map that is known by its name, which is made first."""
    was = is_known(service, one.name)
    at = f"/v1/journeys/by-external-id/{SOURCE}/{one.name}".replace("#", "%23")
    if not was:
        service.put(at, json={"title": one.name}).raise_for_status()
    known = service.get(at).raise_for_status().json()
    answer = service.post(
        "/v1/journeys/import",
        params={"journey_id": known["id"]},
        content=one.diagram.encode(),
        headers={"Content-Type": "text/vnd.mermaid"},
    )
    if answer.is_error and not was:
        service.delete(at)
    came = answer.raise_for_status().json()
    lines = [f"{one.name}: line {p['line']}: {p['detail']}" for p in came["problems"]]
    return [*(told(made, was) for made in came["items"]), *lines]


def is_known(service: httpx.Client, name: str) -> bool:
    """Whether an earlier run made this map."""
    at = f"/v1/journeys/by-external-id/{SOURCE}/{name}".replace("#", "%23")
    answer = service.get(at)
    return answer.status_code != 404 and bool(answer.raise_for_status())


def told(made: Json, was: bool) -> str:
    """A line about a map."""
    steps = sum(len(stage["steps"]) for stage in made["stages"])
    done = "brought up to date" if was else "made"
    return f"{done}: {made['title']} ({len(made['stages'])} stages, {steps} steps) {made['id']}"


def problem(answer: httpx.Response) -> str:
    """What the service has against it."""
    found = answer.json()
    members = [f"{e['pointer']} {e['detail']}" for e in found.get("errors", [])[:5]]
    return "; ".join([found["detail"], *members])


if __name__ == "__main__":
    sys.exit(main())
