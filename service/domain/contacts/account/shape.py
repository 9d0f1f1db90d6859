"""How organisations are shown and listed."""

from service.domain import external_ids
from service.domain.contacts.tables import accounts
from service.domain.filters import Type, Vocabulary
from service.domain.paging import Listing, equals
from service.domain.shapes import Shape, columns

ACCOUNT = Shape(
    "Account",
    accounts,
    columns("id")
    | {"external_ids": external_ids.member("account")}
    | columns("name", "domain", "traits", "version", "created_at", "updated_at"),
)
ACCOUNTS = Listing(
    ACCOUNT,
    sorts=("created_at", "updated_at", "name"),
    vocabulary=Vocabulary(
        {"id": Type.UUID, "name": Type.TEXT, "domain": Type.TEXT}
        | dict.fromkeys(("created_at", "updated_at"), Type.INSTANT),
        open={"traits": Type.ANY},
    ),
    typed=equals("domain"),
)
