"""Events brought by the file: one message of the tracking protocol a line, or a table whose rows
are messages, taken while they come.

No more is held than some slices, and of a table, as long as it loads, the hashes of rows without a
`messageId`: 200,000 at most, some 25 MB; what has more is refused (`too_large`). A load that was
broken off is sent again as a whole: what had come counts once.
"""

import asyncio
from collections import Counter
from collections.abc import AsyncGenerator
from typing import Any

from service.api.edge import EdgeOf
from service.api.inflating import inflated
from service.api.tabulating import KEPT, Piece, tabulated
from service.api.tracking import AT_ONCE, Outcome, admitted, outcomes, spent
from service.domain import events
from service.domain.errors import ScopeMissing
from service.domain.event_tables import Columns

SLICE = 1024 * 1024
"""Bytes of lines that are, at most, unless a single line is longer."""
NAMED = 100
"""Messages that were put aside, of which the answer says why; all of them are in quarantine."""
_LONGEST_NAP = 1.0
"""Seconds after which it is asked again whether the key still holds."""


async def loaded(edge: EdgeOf, most: int, mapping: Columns | None = None) -> dict[str, Any]:
    """Take every line of the body; how many were accepted, duplicates, and put aside, and why the
    first of these were. With a `mapping` the body is a table, and its rows are what is counted.

    Whoever sends faster than their rate is read no faster. Raises `Unavailable` where the database
    is away or too much waits, `RateLimited` where the rate lets nothing in before the body is due,
    and for a table as `tabulated`: the slices before are stored.
    """
    request = edge.request
    admitted(request, edge.caller)
    if mapping is not None and edge.caller.public:
        # To take a table apart costs more than its bytes tell.
        raise ScopeMissing("A public key sends messages, and no tables.")
    due = _now() + request.scope["app"].state.settings.bulk_deadline
    counted = {"accepted": 0, "duplicates": 0, "quarantined": 0}
    more, rejected = Counter[str](), list[Outcome]()
    now = edge.database.clock()
    caller = edge.caller
    of = (caller.workspace_id, None, now, caller.oldest_kept(now))
    sorting = events.Sorting(*of, public=caller.public)
    body = _allowed(edge, inflated(request, most))
    pieces = slices(body) if mapping is None else tabulated(body, mapping, AT_ONCE, SLICE)
    async for piece in pieces:
        await _turn(edge, due)
        found = piece.sorted(sorting)
        spent(request, edge.caller, found)
        taken = await edge.intake.take(edge.caller, found, public=edge.caller.public)
        for name in counted:
            counted[name] += getattr(taken, name)
        more.update(blocked=taken.blocked, left_out=piece.left_out)
        if taken.quarantined and len(rejected) < NAMED:
            aside = [one for one in outcomes(taken, found) if one.outcome == "quarantined"]
            rejected += sorted(aside, key=lambda one: one.index)
    request.scope["answer_headers"].extend(request.scope["app"].state.rates.headers(edge.caller))
    said = {name: number for name, number in more.items() if number}
    return counted | said | ({"rejected": rejected[:NAMED]} if rejected else {})


async def _turn(edge: EdgeOf, due: float) -> None:
    """Wait until the caller may send more. Raises `RateLimited` where that is not before `due`."""
    rates = edge.request.scope["app"].state.rates
    await edge.called_again()
    while (wait := rates.wait(edge.caller)) > 0:
        if _now() + wait > due:
            admitted(edge.request, edge.caller)
        await asyncio.sleep(min(wait, _LONGEST_NAP))
        await edge.called_again()
    admitted(edge.request, edge.caller)


def _now() -> float:
    return asyncio.get_running_loop().time()


async def _allowed(edge: EdgeOf, chunks: AsyncGenerator[bytes]) -> AsyncGenerator[bytes]:
    """The body as long as its sender may send: lines may come so slowly that no slice is full."""
    async for chunk in chunks:
        await edge.called_again()
        yield chunk


async def slices(chunks: AsyncGenerator[bytes]) -> AsyncGenerator[Piece]:
    """The lines of a body, some at a time; blank ones are none. A line far too long is cut."""
    piece, place, rest = Piece(), 0, b""
    async for chunk in chunks:
        *whole, last = chunk.split(b"\n")
        for part in whole:
            line, rest = (rest + part).strip(), b""
            if line:
                piece.add(line[:KEPT], place)
                place += 1
            if len(piece) >= AT_ONCE or piece.size >= SLICE:
                yield piece
                piece = Piece()
        # One byte more than may be is enough to know that it is too long.
        rest = (rest + last)[:KEPT]
    if line := rest.strip():
        piece.add(line, place)
    if len(piece):
        yield piece
