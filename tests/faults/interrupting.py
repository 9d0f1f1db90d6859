"""Cancelling a coroutine at one of its awaits, each of which is a place of its own to fail."""

import asyncio
from collections.abc import Coroutine, Generator
from typing import Any, TypeVar

T = TypeVar("T")


class Interrupted:
    """A coroutine that is cancelled at its n-th await, counted from 0.

    `late` cancels it when what it awaits has come but it has not run on yet: a commit that is
    done, an answer that has arrived. `reached` tells whether there were so many awaits.
    """

    def __init__(self, coroutine: Coroutine[Any, Any, T], n: int, *, late: bool) -> None:
        self.coroutine = coroutine
        self.n = n
        self.late = late
        self.reached = False

    def __await__(self) -> Generator[Any, Any, Any]:
        send, value, count = self.coroutine.send, None, 0
        while True:
            try:
                awaited = send(value)
            except StopIteration as stop:
                return stop.value
            if count == self.n:
                self._interrupt(awaited)
            count += 1
            try:
                value = yield awaited
                send = self.coroutine.send
            except BaseException as error:
                send, value = self.coroutine.throw, error

    def _interrupt(self, awaited: Any) -> None:
        self.reached = True
        task = asyncio.current_task()
        assert task
        if self.late and asyncio.isfuture(awaited):
            # Ours is called before the task's own callback, which is added after it.
            awaited.add_done_callback(lambda _: task.cancel())
        else:
            task.cancel()
