"""Logs and metrics. Nothing secret and nothing personal goes into either.

A log line holds the route's template, never the path or query; of a database error its SQLSTATE
and constraint, never its message, which quotes values. Metrics carry no workspace.
"""

import logging
import sys
from datetime import UTC, datetime
from typing import Any

import msgspec
import structlog
from prometheus_client import Counter, Gauge, Histogram
from structlog.typing import FilteringBoundLogger

REQUESTS = Histogram(
    "waypost_request_seconds",
    "Seconds from the first byte of a request to the last of its answer.",
    ("method", "route", "status"),
    buckets=(0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 15),
)
IN_FLIGHT = Gauge("waypost_requests_in_flight", "Requests being answered now.")
REPEATED_WORKS = Counter(
    "waypost_works_repeated_total", "Works repeated after they lost a race in the database."
)
STATEMENTS = Counter("waypost_statements_total", "Statements that works have run.")
HOT_DOCUMENTS = Counter(
    "waypost_hot_documents_total",
    "Answers to GraphQL that were looked for: kept and still true, or made anew.",
    ("outcome",),
)
STREAMS = Gauge("waypost_streams", "Streams open now.")
CONNECTIONS = Gauge(
    "waypost_database_connections", "Pooled database connections, by state.", ("state",)
)


def configure(level: str) -> None:
    """One JSON object a line on standard output."""
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            _traceback_by_type,
            structlog.processors.JSONRenderer(serializer=_encoded),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(_level(level)),
        logger_factory=structlog.BytesLoggerFactory(sys.stdout.buffer),
        cache_logger_on_first_use=True,
    )
    logging.basicConfig(level=logging.WARNING, stream=sys.stderr, format="%(message)s", force=True)


def logger() -> FilteringBoundLogger:
    """The one logger."""
    log: FilteringBoundLogger = structlog.get_logger()
    return log


class Request(msgspec.Struct, kw_only=True):
    """A request that was answered, as one line of the log."""

    request_id: str
    trace_id: str | None
    method: str
    route: str
    status: int
    microseconds: int
    event: str = "request"
    level: str = "info"
    timestamp: datetime = msgspec.field(default_factory=lambda: datetime.now(UTC))


def answered(request: Request) -> None:
    """Log a request: always the same members, so nothing is asked what to make of them."""
    out = sys.stdout.buffer
    out.write(msgspec.json.encode(request) + b"\n")
    out.flush()


def tells_requests() -> bool:
    """Whether the log is to tell so much."""
    return logger().is_enabled_for(logging.INFO)


def _level(name: str) -> int:
    return logging.getLevelNamesMapping().get(name.upper(), logging.INFO)


def _encoded(event: Any, **_: Any) -> bytes:
    return msgspec.json.encode(event, enc_hook=str)


def _traceback_by_type(_: Any, __: str, event: structlog.typing.EventDict) -> Any:
    """An exception as its type, SQLSTATE and the places it passed: its message may quote values."""
    error = event.pop("exc_info", None)
    if error is True:  # the one that is being handled
        error = sys.exc_info()[1]
    if isinstance(error, BaseException):
        event["error"] = type(error).__name__
        event["places"] = _places(error)
        for name in ("sqlstate", "constraint_name"):
            if value := getattr(error, name, None):
                event[name] = value
    return event


def _places(error: BaseException) -> list[str]:
    places, trace = [], error.__traceback__
    while trace is not None:
        code = trace.tb_frame.f_code
        places.append(f"{code.co_filename.rpartition('/')[2]}:{trace.tb_lineno} {code.co_name}")
        trace = trace.tb_next
    return places[-12:]
