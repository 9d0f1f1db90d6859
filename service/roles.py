"""The database roles, and the SQL that makes them.

Whoever runs it needs CREATEROLE and the database, not superuser: that is what managed Postgres
gives. Run again, it changes nothing.
"""

from collections.abc import Mapping

OWNER, APP, WORKER, READER = "waypost_owner", "waypost_app", "waypost_worker", "waypost_reader"

LIMITS: Mapping[str, Mapping[str, str]] = {
    APP: {
        "statement_timeout": "15s",
        "lock_timeout": "5s",
        "idle_in_transaction_session_timeout": "20s",
        # To plan a statement anew each time costs as much as running it.
        "plan_cache_mode": "force_generic_plan",
    },
    WORKER: {
        "statement_timeout": "5min",
        "lock_timeout": "5s",
        "idle_in_transaction_session_timeout": "60s",
    },
    OWNER: {"lock_timeout": "5s"},
}
"""Settings live on the roles in the database, so that they survive any pooler between."""

# A statement whose caller is gone, killed or cancelled, would else run to its end.
_FOR_ALL = {"jit": "off", "timezone": "UTC", "client_connection_check_interval": "1s"}


def role_sql(database: str, passwords: Mapping[str, str] | None = None) -> str:
    """SQL that makes the roles and their rights on `database`.

    Args:
        database: the database's name.
        passwords: by role; a role without one is made without, to be set by the operator.
    """
    lines = [_created(role, login=role != READER) for role in (OWNER, APP, WORKER, READER)]
    for role, password in (passwords or {}).items():
        lines.append(f"ALTER ROLE {role} PASSWORD {_quoted(password)};")
    for role, limits in LIMITS.items():
        settings = {**limits, **_FOR_ALL}
        lines += [f"ALTER ROLE {role} SET {name} = '{value}';" for name, value in settings.items()]
    name = '"' + database.replace('"', '""') + '"'
    lines += [
        f"GRANT {READER} TO {OWNER};",
        f"GRANT CREATE, CONNECT ON DATABASE {name} TO {OWNER};",
        f"GRANT CONNECT ON DATABASE {name} TO {APP}, {WORKER};",
        # Who may make temporary tables may make functions beside them.
        f"REVOKE TEMPORARY ON DATABASE {name} FROM PUBLIC;",
    ]
    return "\n".join(lines) + "\n"


def _created(role: str, *, login: bool) -> str:
    kind = "LOGIN" if login else "NOLOGIN"
    return (
        f"DO $$ BEGIN IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '{role}') "
        f"THEN CREATE ROLE {role} {kind}; END IF; END $$;"
    )


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
