"""Links that open a map in a browser, made by whoever holds the signing key."""

from datetime import timedelta
from typing import Literal, get_args
from uuid import UUID

from service.domain import insights, journeys
from service.domain.signing import LASTS, sign
from service.domain.work import Work

Format = Literal["svg", "png", "csv", "json", "vega-lite"]
FORMATS: tuple[Format, ...] = get_args(Format)


async def curve(
    work: Work, journey_id: UUID, secret: str, lasts: timedelta = LASTS, form: Format = "svg"
) -> str:
    """Path and query of a link to a map's curve. Raises `NotFound` for a map that is none."""
    await journeys.JOURNEYS.one(work, journey_id)
    path = f"/v1/journeys/{journey_id}/emotion-curve"
    query = sign(path, form, work.caller.workspace_id, work.now + lasts, secret)
    return f"{path}?{query}"


async def picture(work: Work, journey_id: UUID, secret: str) -> str:
    """Path and query of a link to a map's page. Raises `NotFound` for a map that is none."""
    shared = await insights.share(work, journey_id, insights.NewShare(), secret)
    return shared.url
