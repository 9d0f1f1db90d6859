"""The library of content."""

from fastapi import APIRouter

from service.api.rest.documents import Named, shown
from service.api.rest.resources import by_external_id, collection
from service.api.route import Route
from service.domain import evidence

router = APIRouter(route_class=Route)

Content = shown(evidence.NewContent, Named)

collection(
    router,
    "/v1/content",
    evidence.CONTENT,
    Content,
    evidence.ContentList,
    form=evidence.CONTENT_FORM,
)
by_external_id(router, "/v1/content", evidence.CONTENT, Content)
