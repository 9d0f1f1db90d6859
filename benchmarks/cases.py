"""What is measured: the requests of each case, and the ratios that are asked of the service."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from benchmarks import maps, queried, unseen, written
from benchmarks.ground import BROAD, READ, WRITTEN, Ground, Row
from benchmarks.least import PAGE
from benchmarks.load import request

SERVICE, LIMIT, CONVENTIONAL = "service", "limit", "conventional"
KEEPING = "service, keeping"
"""The service as it is usually run; `SERVICE` keeps no answers, so that each is made."""
POSTGRAPHILE = "postgraphile"
ONE = "one whole map"
GROWN = "one map of 12 × 20 (as in the diff)"
CREATE, PATCH = "create a step", "patch a step"
GAPS = "gaps of a map"
MAPS = READ + WRITTEN


@dataclass(frozen=True)
class Target:
    """Requests a second, as a multiple of another contestant's, perhaps in another case."""

    case: str
    contestant: str
    least: float | None


@dataclass(frozen=True)
class Case:
    """One kind of request: what is sent to each contestant, in turn."""

    name: str
    requests: Mapping[str, Sequence[bytes]]
    targets: Sequence[Target]
    connections: int | None = None
    """How many at once, where an answer takes longer than the pool lets others wait for it."""
    judged: str = SERVICE
    """Whose rate is told as a multiple of others'."""
    same: bool = True
    """Whether all contestants shall give the same answer: a new row has an id of its own."""
    within: float | None = None
    """Milliseconds after which half of the service's answers shall be there."""

    def among(self, contestants: Collection[str]) -> "Case":
        """The same without those who are not there."""
        there = {who: sent for who, sent in self.requests.items() if who in contestants}
        return replace(self, requests=there)


def reads(ground: Ground) -> list[Case]:
    """The cases that change nothing."""
    whole, flat = f"{PAGE} whole maps", f"{PAGE} maps, flat"
    one = {
        SERVICE: [_ours("GET", f"/v1/journeys/{row.id}", row) for row in ground.journeys],
        LIMIT: [_theirs("GET", "/one", row) for row in ground.journeys],
        CONVENTIONAL: [_theirs("GET", "/one", row) for row in ground.journeys],
    }
    grown = [_ours("GET", f"/v1/journeys/{row.id}", row) for row in ground.grown]
    between = "diff?base=revision:1&with=revision:2"
    diff = [_ours("GET", f"/v1/journeys/{row.id}/{between}", row) for row in ground.grown]
    curve = [_ours("GET", f"/v1/journeys/{row.id}/emotion-curve", row) for row in ground.journeys]
    page = [_ours("GET", f"/v1/journeys/{row.id}/map?format=html", row) for row in ground.journeys]
    return [
        Case(ONE, one, [Target(ONE, LIMIT, 0.65), Target(ONE, CONVENTIONAL, 8)]),
        _page(whole, ground, f"/v1/journeys?limit={PAGE}&view=whole", "/whole", 0.65),
        _page(flat, ground, f"/v1/journeys?limit={PAGE}", "/flat", 0.5),
        Case(GROWN, {SERVICE: grown}, [Target(ONE, SERVICE, None)]),
        Case("diff of two revisions of 12 × 20", {SERVICE: diff}, [Target(GROWN, SERVICE, 0.02)]),
        Case("emotion curve", {SERVICE: curve}, [Target(ONE, SERVICE, 1.0)]),
        Case("map as a page", {SERVICE: page}, [Target(ONE, SERVICE, 0.02)]),
        *_queried(ground),
        *_gaps(ground),
    ]


def _queried(ground: Ground) -> list[Case]:
    """Maps by GraphQL: ten members of each map, stage and step."""
    one, some = "one map by GraphQL", f"{PAGE} maps by GraphQL"
    hot, rows = f"{one}, hot", queried.hot(ground)
    by_id = _by_id(SERVICE, ground.journeys)
    paged = {
        SERVICE: queried.pages(ground),
        LIMIT: [request("GET", f"/queried/{t.workspace_id}") for t in ground.tenants],
        POSTGRAPHILE: queried.postgraphile_pages(ground),
    }
    return [
        Case(one, by_id, [Target(one, LIMIT, 0.6), Target(one, POSTGRAPHILE, 1.8)]),
        Case(
            hot,
            _by_id(KEEPING, rows),
            [Target(hot, LIMIT, None), Target(one, SERVICE, None), Target(hot, POSTGRAPHILE, 5)],
            judged=KEEPING,
        ),
        Case(some, paged, [Target(some, LIMIT, None), Target(some, POSTGRAPHILE, 2.5)]),
        *_large(ground),
    ]


def _large(ground: Ground) -> list[Case]:
    """A page with figures of each map; and of a small map a large document, known and not."""
    figured = f"{PAGE} maps with curves and gaps by GraphQL"
    pages = {SERVICE: queried.pages(ground, queried.FIGURED)}
    fields = f"{unseen.FIELDS} fields by GraphQL"
    known = {SERVICE: unseen.known(ground.small)}
    new = {SERVICE: unseen.unseen(ground.small)}
    return [
        Case(figured, pages, [], connections=4),
        Case(fields, known, [], connections=1),
        Case(f"{fields}, not seen before", new, [], connections=1, within=unseen.MOST),
    ]


def _by_id(ours: str, rows: Sequence[Row]) -> Mapping[str, Sequence[bytes]]:
    return {
        ours: queried.ones(rows),
        LIMIT: [_theirs("GET", "/queried-one", row) for row in rows],
        POSTGRAPHILE: queried.postgraphile_ones(rows),
    }


def _gaps(ground: Ground) -> list[Case]:
    """Of one map at most five times what reading it takes; of many no more than of each."""
    one = [_ours("GET", f"/v1/journeys/{row.id}/gaps", row) for row in ground.journeys]
    every = [request("GET", "/v1/gaps", tenant.key) for tenant in ground.tenants]
    broad = [request("GET", "/v1/gaps", ground.broad.key)]
    return [
        Case(GAPS, {SERVICE: one}, [Target(ONE, SERVICE, 0.2)]),
        _of_all(MAPS, every, connections=4),
        _of_all(BROAD, broad, connections=2),
    ]


def _of_all(number: int, requests: Sequence[bytes], connections: int) -> Case:
    targets = [Target(GAPS, SERVICE, 0.9 / number)]
    return Case(f"gaps of {number} maps", {SERVICE: requests}, targets, connections)


def writes(ground: Ground) -> list[Case]:
    """The cases that write."""
    to_limit, body = Target(CREATE, LIMIT, 0.45), maps.NEW_STEP
    untold = Target(CREATE, LIMIT, None)
    patch = maps.CHANGED_STEP
    create = {
        SERVICE: [_ours("POST", f"/v1/stages/{r.id}/steps", r, body) for r in ground.drawn],
        LIMIT: [_theirs("POST", "/steps", row, body) for row in ground.drawn],
    }
    tied = [_ours("POST", f"/v1/stages/{row.id}/steps", row, body) for row in ground.tied]
    patched = {
        SERVICE: [_ours("PATCH", f"/v1/steps/{row.id}", row, patch) for row in ground.steps],
        LIMIT: [_theirs("PATCH", "/steps", row, patch) for row in ground.steps],
    }
    return [
        Case(CREATE, create, [to_limit], same=False),
        Case(f"{CREATE} and its ties", {SERVICE: tied}, [untold]),
        Case(PATCH, patched, [Target(PATCH, LIMIT, 0.45)], same=False),
        *_written(ground),
    ]


def _written(ground: Ground) -> list[Case]:
    """Steps by GraphQL, against those who write the row alone."""
    made, changed = f"{CREATE} by GraphQL", "patch a step by GraphQL"
    create = {
        SERVICE: written.creates(ground.drawn),
        POSTGRAPHILE: written.postgraphile_creates(ground.drawn),
    }
    patch = {
        SERVICE: written.changes(ground.steps),
        POSTGRAPHILE: written.postgraphile_changes(ground.steps),
    }
    return [
        Case(made, create, [Target(made, POSTGRAPHILE, 0.9), Target(CREATE, SERVICE, None)]),
        Case(changed, patch, [Target(changed, POSTGRAPHILE, 0.9), Target(PATCH, SERVICE, None)]),
    ]


def _page(name: str, ground: Ground, ours: str, theirs: str, least: float) -> Case:
    requests = {
        SERVICE: [request("GET", ours, tenant.key) for tenant in ground.tenants],
        LIMIT: [request("GET", f"{theirs}/{t.workspace_id}") for t in ground.tenants],
    }
    return Case(name, requests, [Target(name, LIMIT, least)])


def _ours(method: str, path: str, row: Row, body: Any = None) -> bytes:
    return request(method, path, row.tenant.key, body)


def _theirs(method: str, path: str, row: Row, body: Any = None) -> bytes:
    return request(method, f"{path}/{row.tenant.workspace_id}/{row.id}", None, body)
