"""What is told of everybody on maps, computed once by a process for as long as it stays so."""

from collections.abc import Awaitable, Callable
from hashlib import blake2b
from typing import TypeVar

from service.domain import measures
from service.domain.computing import computed
from service.domain.histories import Asked, histories, standing
from service.domain.history import Histories
from service.domain.work import Scope, Work

T = TypeVar("T")


async def once_told(
    work: Work,
    asked: Asked,
    timeout_seconds: int | None,
    told: Callable[[Histories], T],
    words: object = None,
) -> T:
    """What is `told` of what people did: two statements, seldom more; one where it is remembered.

    `words` are all that it depends on beside that, as it is written (`repr`); with None it is
    not remembered. Whole sessions are read where these have a timeout, and not remembered either.
    """
    work.needs(Scope.ANALYTICS_READ)
    if words is None or timeout_seconds is not None:
        return await computed(work, told, await _read(work, asked, timeout_seconds))
    known = await standing(work, asked)
    if known is None:
        return await computed(work, told, await histories(work, asked))
    # Of hundreds of maps with all their revisions it takes long to write them down.
    depends = await computed(work, _hashed, (work.caller.workspace_id, asked, words))
    if known.mark is not None and (held := work.memory.found(_key(known.mark, depends))):
        answer: T = held[0]
        return answer
    found = await histories(work, asked, known)
    answer = await computed(work, told, found)
    if found.mark is not None:
        # By what it was made of, which may have come after what was known.
        work.memory.keep(_key(found.mark, depends), (answer,))
    return answer


def _key(mark: str, depends: str) -> bytes:
    return blake2b(f"{mark} {depends}".encode(), digest_size=32).digest()


def _hashed(words: object) -> str:
    return blake2b(repr(words).encode(errors="surrogatepass"), digest_size=32).hexdigest()


def _read(work: Work, asked: Asked, timeout_seconds: int | None) -> Awaitable[Histories]:
    if timeout_seconds is None:
        return histories(work, asked)
    return measures.with_whole_sessions(work, asked, timeout_seconds)
