"""What is written by GraphQL: a step made, a step changed; and the same as PostGraphile is told it.

The service also checks who asks and what they may, raises the versions of stage and map, and tells
audit and outbox; PostGraphile writes the row and nothing else.
"""

from collections.abc import Sequence

from strawberry.utils.str_converters import to_camel_case

from benchmarks import maps
from benchmarks.ground import Row
from benchmarks.load import SERIAL
from benchmarks.queried import MEMBERS, asked

_OTHERWISE = ("questions", "pains")
"""Lists of items, whose keys we make; PostGraphile is given them as they are stored."""
_SHOWN = " ".join(
    to_camel_case(name)
    for name in (*MEMBERS["step"], "emotion", "systems")
    if name not in ("key", "version")
)
_N = SERIAL.decode()

_CREATE = f"""mutation Create($stage: ID!, $step: PlacedStepInput!) {{
  createStep(stageId: $stage, input: $step) {{ step {{ {_SHOWN} }} }} }}"""
_CHANGE = f"""mutation Change($id: ID!, $patch: StepPatch!) {{
  updateStep(id: $id, patch: $patch) {{ step {{ {_SHOWN} }} }} }}"""
_THEIR_CREATE = f"""mutation Create($step: StepInput!) {{
  createStep(input: {{step: $step}}) {{ step {{ {_SHOWN} }} }} }}"""
_THEIR_CHANGE = f"""mutation Change($in: UUID!, $id: UUID!, $patch: StepPatch!) {{
  updateStep: updateStepByWorkspaceIdAndRowId(
    input: {{workspaceId: $in, rowId: $id, stepPatch: $patch}}
  ) {{ step {{ {_SHOWN} }} }} }}"""


def creates(stages: Sequence[Row]) -> Sequence[bytes]:
    """A new step in each of the stages."""
    items = {name: [{"text": text} for text in maps.NEW_STEP[name]] for name in _OTHERWISE}
    step = _spelt({**maps.NEW_STEP, **items})
    return [asked(row.tenant.key, _CREATE, stage=str(row.id), step=step) for row in stages]


def changes(steps: Sequence[Row]) -> Sequence[bytes]:
    """Each of the steps changed."""
    patch = _spelt(maps.CHANGED_STEP)
    return [asked(row.tenant.key, _CHANGE, id=str(row.id), patch=patch) for row in steps]


def postgraphile_creates(stages: Sequence[Row]) -> Sequence[bytes]:
    """The same rows, and what the service finds out by itself: id, key, place, map and times."""
    items = {
        name: [{"key": f"item-{n}", "text": text} for n, text in enumerate(maps.NEW_STEP[name])]
        for name in _OTHERWISE
    }
    own = {"row_id": f"00000000-0000-4000-8000-0000{_N}", "key": f"step-{_N}", "position": _N}
    now = dict.fromkeys(("created_at", "updated_at"), "2026-01-01T00:00:00Z")
    step = {**maps.NEW_STEP, **items, **own, **now}
    return [asked(None, _THEIR_CREATE, step=_spelt({**step, **_place(row)})) for row in stages]


def _place(stage: Row) -> maps.Members:
    return {
        "workspace_id": str(stage.tenant.workspace_id),
        "journey_id": str(stage.journey_id),
        "stage_id": str(stage.id),
    }


def postgraphile_changes(steps: Sequence[Row]) -> Sequence[bytes]:
    """The same members of the same steps."""
    patch = _spelt(maps.CHANGED_STEP)
    named = [{"in": str(row.tenant.workspace_id), "id": str(row.id)} for row in steps]
    return [asked(None, _THEIR_CHANGE, **each, patch=patch) for each in named]


def _spelt(members: maps.Members) -> maps.Members:
    return {to_camel_case(name): value for name, value in members.items()}
