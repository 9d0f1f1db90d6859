"""Lists as Relay's connections, answered by one statement a page."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar
from uuid import UUID

import strawberry
from graphql import GraphQLObjectType, GraphQLResolveInfo

from service.api.graphql import context, ids
from service.api.graphql.context import Row
from service.api.graphql.declaring import Argument, optional, resolving
from service.api.graphql.mirroring import argument_type, member_values
from service.api.graphql.scalars import Json
from service.api.graphql.selecting import below, object_type, selection
from service.api.graphql.writing import checked, problems_named
