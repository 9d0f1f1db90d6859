"""How API keys and workspaces are shown and listed."""

from typing import Any, cast

from sqlalchemy import (
    ColumnElement,
    FromClause,
    Table,
    Text,
    func,
    literal,
    literal_column,
    or_,
    select,
)
from sqlalchemy import cast as as_type

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
    ids = func.concat(as_type(row.c.workspace_id, Text), as_type(row.c.id, Text))
    return func.concat(literal_column("'wp_'"), func.replace(ids, literal_column("'-'"), ""))


API_KEY = Shape(
    "ApiKey",
    api_keys,
    columns("id", "name", "scopes") | {"hint": _hint} | columns("expires_at", "revoked_at") | _TAIL,
)
API_KEYS = Listing(
    API_KEY, sorts=("created_at", "updated_at", "name"), vocabulary=_UNFILTERED, typed={}
)

_operators = literal(OPERATORS)
_rows = (
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
SEEN = cast(Table, _rows)
"""The workspaces a caller may see, as rows with an id: to operators all, to others their own.

The operators' own is no tenant and is shown to nobody.
"""

WORKSPACE = Shape("Workspace", SEEN, columns("id", "name", "time_zone") | _TAIL)
WORKSPACES = Listing(
    WORKSPACE, sorts=("created_at", "updated_at", "name"), vocabulary=_UNFILTERED, typed={}
)
