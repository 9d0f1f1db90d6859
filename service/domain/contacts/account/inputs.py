"""What callers may say of an organisation."""

from typing import Annotated, Any

from pydantic import Field

from service.domain.inputs import ExternalIds, Input, Line
from service.domain.paging import ListQuery
from service.domain.words import told

Traits = Annotated[
    dict[str, Any],
    Field(
        json_schema_extra={
            "propertyNames": {"minLength": 1, "maxLength": 64},
            "maxProperties": 200,
        }
    ),
]


class NewAccount(Input):
    """An organisation that contacts belong to."""

    often_changed = ("name", "traits")
    external_ids: Annotated[
        ExternalIds,
        told(
            "Your own names for it; `group_id` is the source of what `group` messages call it.",
            [{"source": "crm", "id": "4711"}],
        ),
    ] = Field(default_factory=list)
    name: Annotated[Line, told("What it is called.", "Harbour Savings Bank")]
    domain: Annotated[
        Annotated[Line, Field(max_length=253)] | None,
        told("The domain of its addresses.", "harbour.example"),
    ] = None
    traits: Annotated[
        Traits,
        told(
            "What is known of it: free JSON, at most 64 KiB; null removes a trait.",
            {"industry": "banking", "employees": 40},
        ),
    ] = Field(default_factory=dict)


class AccountList(ListQuery):
    """Accounts by what is known of them."""

    domain: Annotated[
        Annotated[Line, Field(max_length=253)] | None,
        told("Those with this domain.", "harbour.example"),
    ] = None
