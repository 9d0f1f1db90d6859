"""What is computed from maps."""

from collections.abc import Mapping
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Query
from pydantic import AfterValidator, Field
from pydantic_core import PydanticCustomError
from starlette.responses import Response

from service.api.edge import Edge
from service.api.negotiating import chosen
from service.api.rasterising import png
from service.api.rest import documents
from service.api.rest.about import id_like
from service.api.rest.computed import encode
from service.api.rest.queries import LinkQuery
from service.api.route import Route, opens_by_link
from service.domain import insights, journeys
from service.domain.errors import Invalid
from service.domain.insights import Asked, CurveOf, Theme, Wanted
from service.domain.journeys import Reference
from service.domain.words import told

router = APIRouter(route_class=Route)

FORMATS = {
    "json": "application/json",
    "svg": "image/svg+xml",
    "vega-lite": "application/vnd.vegalite.v5+json",
    "csv": "text/csv",
    "png": "image/png",
}
RENDERED = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'unsafe-inline'; img-src data:; sandbox"
    ),
    "Referrer-Policy": "no-referrer",
}
SAVED = {"Content-Disposition": 'attachment; filename="emotion-curve.csv"'}


def _readable(overlay: str) -> str:
    for part in overlay.split(","):
        if journeys.reference(part) is not None:
            continue
        kind, _, which = part.strip().rpartition(":")
        try:
            UUID(which)
        except ValueError:
            kind = "?"
        if kind not in ("", "journey", "persona"):
            message = "must be journey:<id>, persona:<id> or revision:<number>, with commas between"
            raise PydanticCustomError("overlay", message)
    return overlay


class CurveQuery(LinkQuery, insights.Ranged):
    """Whose curve, with which others over it, as what; and which events it is told of."""

    persona_id: Annotated[
        UUID | None,
        told("Whose ratings, where they have their own.", id_like("persona")),
    ] = None
    overlay: Annotated[
        Annotated[str, Field(max_length=2000), AfterValidator(_readable)] | None,
        told(
            "`journey:<id>`, `persona:<id>`, or a state of the map (`draft`, `published`,"
            " `revision:<number>`, `at:<instant>`), several with commas between.",
            f"persona:{id_like('persona')}",
        ),
    ] = None
    revision: Annotated[
        journeys.StateName | None,
        told(
            "Of the map as it was: a revision's number, `published` for the last, or a day or"
            " instant for the one in force then.",
            "published",
        ),
    ] = None
    format: Annotated[
        Literal["json", "svg", "vega-lite", "csv", "png"] | None, told("Else by Accept.", "svg")
    ] = None
    theme: Annotated[
        Theme,
        told("Of a picture or chart; `auto` follows the reader's system.", "light"),
    ] = "auto"
    traffic: Annotated[
        bool | None,
        told(
            "Whether to read events: how many people were at each step, and where feelings turn for"
            " many. Absent: where `from`, `to` or `filter` says of which.",
            True,
        ),
    ] = None

    @property
    def events(self) -> insights.Ranged | None:
        """Of which events is told; None: of none."""
        given = {"from_", "to", "filter"} & self.model_fields_set
        return self if (bool(given) if self.traffic is None else self.traffic) else None

    def wanted(self, journey_id: UUID) -> Wanted:
        """The curve of `journey_id`, and over it other journeys, its personas, or its revisions."""
        state = journeys.reference(self.revision or journeys.DRAFT) or Reference()
        overlays = []
        for part in (self.overlay or "").split(","):
            kind, _, which = part.strip().rpartition(":")
            if over := journeys.reference(part):
                overlays.append(Asked(journey_id, self.persona_id, over))
            elif which:
                persona = kind == "persona"
                one = Asked(journey_id, UUID(which), state) if persona else Asked(UUID(which))
                overlays.append(one)
        return Wanted(Asked(journey_id, self.persona_id, state), tuple(overlays))


_SPECIFICATION: dict[str, Any] = {
    "type": "object",
    "description": "A Vega-Lite 5 specification with its data inside.",
    "properties": {"$schema": {"type": "string", "format": "uri"}},
    "required": ["$schema"],
    "additionalProperties": True,
}
SHOWN: dict[str, Any] = {
    FORMATS["json"]: {"schema": {"$ref": "#/components/schemas/EmotionCurve"}},
    FORMATS["svg"]: {
        "schema": {"type": "string"},
        "example": '<svg xmlns="http://www.w3.org/2000/svg" width="740" height="430" role="img"/>',
    },
    FORMATS["vega-lite"]: {
        "schema": _SPECIFICATION,
        "example": {
            "$schema": "https://vega.github.io/schema/vega-lite/v5.json",
            "data": {"values": [{"step": "Call the adviser", "rating": -1.5}]},
            "mark": "line",
            "encoding": {
                "x": {"field": "step", "type": "nominal"},
                "y": {"field": "rating", "type": "quantitative"},
            },
        },
    },
    FORMATS["csv"]: {
        "schema": {"type": "string"},
        "example": "series,position,stage,key,label,rating\r\n"
        "Finding an adviser,4,We look around,call-the-adviser,Call the adviser,-1.5\r\n",
    },
    FORMATS["png"]: {"schema": {"type": "string", "format": "binary"}},
}


@router.get(
    "/v1/journeys/{journey_id:uuid}/emotion-curve",
    response_class=Response,
    responses={
        200: {
            "description": "The curve, in the form asked for.",
            "content": SHOWN,
            "headers": {"ETag": {"$ref": "#/components/headers/CurveETag"}},
        },
        **documents.WITHIN,
        **documents.refusals(501),
    },
    operation_id="read_emotion_curve",
    summary="Read the emotion curve of a map",
    openapi_extra={"security": [{"ApiKey": []}, {"SignedLink": []}]},
    tags=["journeys"],
)
@opens_by_link
async def emotion_curve(
    journey_id: UUID, query: Annotated[CurveQuery, Query()], edge: Edge
) -> Response:
    """The highs and lows of a journey's emotions: figures, a table, a chart or a picture.

    As JSON, CSV with a line for each point, a Vega-Lite specification, SVG, or PNG where the
    service was installed with the extra `png` (else 501).

    What needs events (`traffic`, `traffic_weighted_mean`, detected moments of truth) is null with
    the reason `not_asked` unless `traffic=true`, or `from`, `to` or `filter`, asks for it; it needs
    `analytics:read`. Each event is judged by the revision in force at its time.
    """
    shown_as, wanted = chosen(edge.request, FORMATS), query.wanted(journey_id)
    read = edge.read if query.events is None else edge.analysed
    try:
        found = await read(lambda work: insights.emotion_curve(work, wanted, query.events))
    except Invalid as error:
        raise error.renamed(_in_query) from error
    etag = _etag(found, shown_as)
    if shown_as == "png":
        # It takes long to draw: not for those who have it.
        drawn = b"" if edge.holds(etag) else await _drawn(found.curve, query.theme)
        return edge.represented(drawn, etag, FORMATS["png"])
    body, media, headers = _shown(found.curve, shown_as, query.theme)
    return edge.represented(body, etag, media, headers)


async def _drawn(curve: insights.EmotionCurve, theme: insights.Theme) -> bytes:
    """A bitmap cannot follow its reader: `auto` is light."""
    return await png(insights.svg(curve, curve.title, "light" if theme == "auto" else theme))


def _shown(
    curve: insights.EmotionCurve, wanted: str, theme: insights.Theme
) -> tuple[str | bytes, str, Mapping[str, str]]:
    """The body of a representation, its media type and headers of its own."""
    if wanted == "svg":
        return insights.svg(curve, curve.title, theme), FORMATS["svg"], RENDERED
    if wanted == "csv":
        return insights.as_csv(curve), f"{FORMATS['csv']}; charset=utf-8; header=present", SAVED
    if wanted == "vega-lite":
        chart = insights.vega_lite(curve, theme)
        return encode(chart), FORMATS["vega-lite"], {}
    return encode(curve), FORMATS["json"], {}


def _in_query(pointer: str) -> str:
    """All overlays stand in one parameter."""
    return "/query/overlay" if pointer.startswith("/overlays") else f"/query{pointer}"


def _etag(found: CurveOf, wanted: str) -> str | None:
    """Of one map and its findings; what lies over it has versions of its own, and events none."""
    if found.curve.overlays or found.curve.traffic is not None:
        return None
    revision = found.curve.definition.revision
    state = "" if revision == journeys.DRAFT else f"-revision-{revision}"
    findings = f"-{found.findings}" if found.findings else ""
    return f'"{found.version}{state}{findings}-curve-{wanted}"'
