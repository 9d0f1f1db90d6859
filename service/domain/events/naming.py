"""Whom a message names that could not be read: looked for by its members' names alone."""

import json
import re
from itertools import islice

from service.domain.events.wire import text
from service.domain.identities import ANONYMOUS, USER

MOST = 100
"""Ids that are looked at in one message."""

_SOURCES = {b"userId": (USER,), b"anonymousId": (ANONYMOUS,), b"previousId": (USER, ANONYMOUS)}
_NAMED = re.compile(
    rb'"(userId|anonymousId|previousId)"\s*:\s*("[^"\\]*(?:\\.[^"\\]*)*"|-?[0-9][0-9.eE+-]*)',
    re.DOTALL,
)


def ids(raw: bytes) -> set[tuple[str, str]]:
    """Source and value of the ids that stand anywhere in `raw`, be it JSON or what is left of it.

    Of more than `MOST` the first; of ids that are no text none.
    """
    found = set()
    for match in islice(_NAMED.finditer(raw), MOST):
        try:
            value = text(json.loads(match[2]))
        except ValueError:
            continue
        if value is not None:
            found |= {(source, value) for source in _SOURCES[match[1]]}
    return found
