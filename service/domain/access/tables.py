"""API keys. The secret itself is never stored; `secret_sha256` is all that is kept of it."""

from sqlalchemy import Column, LargeBinary, Table

from service.domain.tables import flag, instant, resource, texts, words

api_keys: Table = resource(
    "api_keys",
    words("name"),
    Column("secret_sha256", LargeBinary, nullable=False),
    texts("scopes"),
    Column("expires_at", instant),
    Column("revoked_at", instant),
    # Known to anybody, as a browser's is.
    flag("public"),
    kind="api_key",
    label="name",
)
