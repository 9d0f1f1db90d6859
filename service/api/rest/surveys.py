"""What people answer when they are asked."""

from fastapi import APIRouter
from starlette.responses import Response

from service.api.edge import JSON, Edge
from service.api.rest import documents
from service.api.rest.computed import answered, encode
from service.api.route import Route
from service.domain import measures

router = APIRouter(route_class=Route)


@router.post(
    "/v1/surveys/query",
    response_class=Response,
    responses={
        **answered("Surveys", "Net promoters, satisfaction, effort."),
        **documents.refusals(408, 409, 413, 415, 422),
    },
    operation_id="query_surveys",
    summary="Sum up survey answers",
    tags=["measures"],
)
async def surveys(body: measures.SurveysQuery, edge: Edge) -> Response:
    """The events `Survey Answered` {survey, score, scale}: the net promoter score with its
    interval, the share of the satisfied, the mean effort, and the answers on each scale.

    An answer that cannot be read does not count, and is counted in `excluded` by its reason.
    """
    found = await edge.analysed(lambda work: measures.surveys(work, body))
    return edge.represented(encode(found), None, JSON)
