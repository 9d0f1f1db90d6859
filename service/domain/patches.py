"""The merge patch of an input, as an input of its own."""

from functools import lru_cache
from typing import Annotated, Any, get_args

from pydantic import AfterValidator, Field, ValidationError, create_model
from pydantic.fields import FieldInfo
from pydantic_core import InitErrorDetails, PydanticCustomError

from service.domain.inputs import Input
from service.domain.kinds import is_model, is_object


@lru_cache
def patch_of(whole: type[Input]) -> type[Input]:
    """The merge patch of an input: the same members, each absent, null, or within its bounds.

    Members that are objects merge with what is stored, so their bounds are checked afterwards, but
    for what no stored object could be merged with: that is told with all else.
    """
    fields: dict[str, Any] = {}
    for name, info in whole.model_fields.items():
        kind = _merged(info) if is_object(info.annotation) else info.rebuild_annotation()
        said: dict[str, Any] = {
            "alias": info.alias,
            "description": info.description,
            "examples": info.examples,
            "json_schema_extra": info.json_schema_extra,
        }
        fields[name] = (kind if info.is_required() else kind | None, Field(default=None, **said))
    patch: type[Input] = create_model(
        f"{whole.__name__.removeprefix('New').removeprefix('Placed')}Patch",
        __base__=Input,
        __doc__="What shall change (JSON merge patch): absent stays, null takes the default.",
        **fields,
    )
    patch.shown_only = whole.shown_only
    if whole.often_changed:
        patch.model_config["json_schema_extra"] = {"examples": [_change(whole)]}
    return patch


def _merged(info: FieldInfo) -> Any:
    """An object of a patch, of whose model, if it has one, it may hold any members."""
    kind = info.annotation
    model = next((one for one in (*get_args(kind), kind) if is_model(one)), None)
    return dict[str, Any] if model is None else Annotated[dict[str, Any], _fitting(model)]


def _fitting(model: type[Input]) -> AfterValidator:
    def fit(sent: dict[str, Any]) -> dict[str, Any]:
        try:
            model.model_validate({name: one for name, one in sent.items() if one is not None})
        except ValidationError as error:
            # What is missing may be stored, and what members make together may change with it.
            wrong = [
                InitErrorDetails(
                    type=PydanticCustomError(one["type"], "{said}", {"said": one["msg"]}),
                    loc=one["loc"],
                    input=one["input"],
                )
                for one in error.errors(include_url=False)
                if one["loc"] and one["type"] != "missing"
            ]
            if wrong:
                raise ValidationError.from_exception_data(model.__name__, wrong) from error
        return sent

    return AfterValidator(fit)


def _change(whole: type[Input]) -> dict[str, Any]:
    """A patch as callers often send it."""
    often = {name: whole.model_fields[name] for name in whole.often_changed}
    return {info.alias or name: (info.examples or [None])[0] for name, info in often.items()}
