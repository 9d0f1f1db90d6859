"""What people answer when they are asked."""

from decimal import Decimal
from typing import Any

from service.api.graphql import context, given, mirroring, structs
from service.api.graphql.context import Row
from service.api.graphql.declaring import Argument, resolving
from service.api.graphql.scalars import Number
from service.domain import measures

Surveys: Any = structs.family(
    measures.Surveys, {Decimal: Number}, {"scales": 10, "scores": 10, "excluded": 4}
)


async def _surveys(info: Any, input: Row) -> Any:
    data = given.built(measures.SurveysQuery, input)
    return await context.of(info).analysed(lambda work: measures.surveys(work, data))


QUERIES = [
    resolving(
        "surveys",
        _surveys,
        Surveys | None,
        "Survey answers of a range: net promoters, satisfaction, effort, and each scale.",
        [Argument("input", mirroring.input_of(measures.SurveysQuery), "Which, and how.")],
    ),
]
