"""How API keys and workspaces are shown and listed."""

from typing import Any

from sqlalchemy import (
    ColumnElement,
    FromClause,
    Text,
    cast,
    func,
    literal,
    literal_column,
    or_,
    select,
)

from service.domain.access.tables import api_keys
from service.domain.filters import Vocabulary
from service.domain.paging import Listing
from service.domain.shapes import Shape, columns
from service.domain.statements import WORKSPACE as HERE
from service.domain.tables import workspaces
from service.domain.work import OPERATORS

_TAIL = columns("version", "created_at", "updated_at")
_UNFILTERED = Vocabulary({})


def _hint(row: FromClause) -> ColumnElement[Any]:
    """`keys.hint` in SQL."""
    ids = func.concat(cast(row.c.workspace_id, Text), cast(row.c.id, Text))
    return func.concat(literal_column("'wp_'"), func.replace(ids, literal_column("'-'"), ""))


API_KEY = Shape(
    "ApiKey",
    api_keys,
    columns("id", "name", "scopes")
    | {"hint": _hint}
    | columns("expires_at", "revoked_at", "public")
    | _TAIL,
)
API_KEYS = Listing(
    API_KEY, sorts=("created_at", "updated_at", "name"), vocabulary=_UNFILTERED, typed={}
)

_operators = literal(OPERATORS)
# What a caller may see, as rows with an id: an operator all, others their own workspace. The
# operators' own is no tenant and is shown to nobody.
_seen = (
    select(
        HERE.label("workspace_id"),
        workspaces.c.workspace_id.label("id"),
        *(c for c in workspaces.c if c.name != "workspace_id"),
    )
    .where(
        workspaces.c.workspace_id != _operators,
        or_(_operators == HERE, workspaces.c.workspace_id == HERE),
    )
    .subquery("workspaces")
)

WORKSPACE = Shape("Workspace", workspaces, columns("id", "name", "time_zone") | _TAIL, rows=_seen)
WORKSPACES = Listing(
    WORKSPACE, sorts=("created_at", "updated_at", "name"), vocabulary=_UNFILTERED, typed={}
)
