"""Settings: read once from the environment, never again.

`WAYPOST_X_FILE` names a file that holds the value of `WAYPOST_X`, as secrets are mounted.
"""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit


class SettingsError(Exception):
    """A setting is missing or cannot be read; the message names it."""


@dataclass(frozen=True, slots=True)
class Settings:
    """How this process runs. Times in seconds, sizes in bytes."""

    database_url: str | None = None
    owner_database_url: str | None = None
    worker_database_url: str | None = None
    home: Path = Path(".waypost")
    host: str = "127.0.0.1"
    port: int = 8000
    workers: int = 1
    pool_size: int = 10
    pool_wait: float = 2.0
    statement_cache: int = 512
    body_limit: int = 8 * 1024 * 1024
    body_deadline: float = 30.0
    bulk_limit: int = 64 * 1024 * 1024
    bulk_deadline: float = 600.0
    tracking_limit: int = 576 * 1024
    event_rate: int = 100_000
    public_event_rate: int = 1_000
    intake_bytes: int = 16 * 1024 * 1024
    stop_grace: float = 8.0
    key_cache_seconds: float = 5.0
    hot_documents: int = 16 * 1024 * 1024
    streams: int = 200
    streams_per_key: int = 20
    streams_per_workspace: int = 100
    stream_poll: float = 1.0
    stream_stalled: float = 60.0
    log_level: str = "info"
    access_log: bool = True
    signing_key: str = ""
    blocking_key: str = ""
    cors_origins: tuple[str, ...] = ()
    introspection: bool = True
    in_container: bool = False


_NUMBERS = {"port": int, "workers": int, "pool_size": int, "statement_cache": int}
_NUMBERS_OF = _NUMBERS | dict.fromkeys(
    (
        *("body_limit", "bulk_limit", "tracking_limit", "intake_bytes", "hot_documents"),
        *("event_rate", "public_event_rate", "streams", "streams_per_key"),
        "streams_per_workspace",
    ),
    int,
)
_SECONDS = (
    *("pool_wait", "body_deadline", "bulk_deadline", "stop_grace"),
    *("key_cache_seconds", "stream_poll", "stream_stalled"),
)
_BOUNDS = {
    "port": (0, 65_535),
    "workers": (1, 64),
    "pool_size": (1, 10_000),
    "body_limit": (1_024, 1_073_741_824),
    "bulk_limit": (1_024, 1_073_741_824),
    "tracking_limit": (1_024, 67_108_864),
    "event_rate": (1, 1_000_000_000),
    "public_event_rate": (1, 1_000_000_000),
    "intake_bytes": (1_048_576, 1_073_741_824),
    # Nothing is kept: every answer is made anew.
    "hot_documents": (0, 1_073_741_824),
    # A revoked key must be dead within five seconds.
    "key_cache_seconds": (0, 5),
    "streams": (1, 10_000),
    "streams_per_key": (1, 10_000),
    "streams_per_workspace": (1, 10_000),
    # Between two looks at the key, which must notice a revoked one within five seconds.
    "stream_poll": (0.05, 4),
    "stream_stalled": (1, 600),
}
_MOST_ORIGINS = 50
_ORIGIN = re.compile(r"https?://(?:[a-z0-9-]+(?:\.[a-z0-9-]+)*|\[[0-9a-f:]+\])(?::[0-9]{1,5})?")
_FLAGS = ("access_log", "in_container", "introspection")


def read(environ: Mapping[str, str] = os.environ) -> Settings:
    """The settings of this environment. Raises `SettingsError`, naming the variable."""
    values: dict[str, object] = {}
    for name in Settings.__dataclass_fields__:
        raw = _raw(environ, f"WAYPOST_{name.upper()}")
        if raw is None and name == "database_url":
            raw = environ.get("DATABASE_URL")
        if raw is not None:
            values[name] = _parsed(name, raw)
    settings = Settings(**values)  # type: ignore[arg-type]
    for name, (least, most) in _BOUNDS.items():
        if not least <= getattr(settings, name) <= most:
            raise SettingsError(f"WAYPOST_{name.upper()} must be from {least} to {most}")
    return settings


def _raw(environ: Mapping[str, str], name: str) -> str | None:
    path = environ.get(f"{name}_FILE")
    if path is None:
        return environ.get(name)
    try:
        return Path(path).read_text().strip()
    except OSError as error:
        raise SettingsError(f"{name}_FILE cannot be read: {error.strerror}") from error


def _parsed(name: str, raw: str) -> object:
    try:
        if name in _NUMBERS_OF:
            return int(raw)
        if name in _SECONDS:
            return float(raw)
    except ValueError as error:
        raise SettingsError(f"WAYPOST_{name.upper()} is not a number") from error
    if name in _FLAGS:
        return raw.strip().lower() in {"1", "true", "yes", "on"}
    if name == "home":
        return Path(raw)
    return _origins(raw) if name == "cors_origins" else raw


def _origins(raw: str) -> tuple[str, ...]:
    """Origins as browsers send them, one by one: no pattern is one."""
    found = tuple(raw.replace(",", " ").split())
    if len(found) > _MOST_ORIGINS:
        raise SettingsError(f"WAYPOST_CORS_ORIGINS has at most {_MOST_ORIGINS} origins")
    wrong = [one for one in found if not _ORIGIN.fullmatch(one)]
    if wrong:
        raise SettingsError(
            f"WAYPOST_CORS_ORIGINS: {wrong[0][:100]} is no origin such as https://app.example"
        )
    return found


def driver_url(url: str) -> str:
    """The URL for SQLAlchemy with asyncpg, whatever form of postgres URL the operator gave.

    `sslmode`, libpq's name that managed Postgres hands out, is `ssl` to this driver.
    """
    parts = urlsplit(url)
    if parts.scheme.split("+")[0] not in {"postgres", "postgresql"}:
        raise SettingsError("the database URL must start with postgresql://")
    query = [("ssl" if n == "sslmode" else n, v) for n, v in parse_qsl(parts.query)]
    return urlunsplit(parts._replace(scheme="postgresql+asyncpg", query=urlencode(query)))
