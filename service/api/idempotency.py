"""The Idempotency-Key header: how a request becomes an attempt and an answer is replayed."""

import hashlib
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response

from service.domain import idempotency
from service.domain.errors import AlreadyExists, Malformed
from service.domain.work import Work

LONGEST_KEY = 200
REPEATED = {"Idempotency-Replayed": "true"}
KEPT_HEADERS = ("location", "etag", "content-type", "content-language", "vary")
SECRET = "Waypost-Secret-Shown"  # noqa: S105 (a header's name)
"""Marks an answer that holds a secret and so is never stored."""


@dataclass(frozen=True, slots=True)
class Attempt:
    """A POST that may be a retry."""

    attempt: idempotency.Attempt

    @classmethod
    async def of(cls, request: Request) -> "Attempt | None":
        """The attempt this request is, or None when it does not ask to be done once."""
        key = request.headers.get("idempotency-key")
        if key is None or request.method != "POST":
            return None
        if not key.strip() or len(key) > LONGEST_KEY or not key.isprintable():
            detail = f"Idempotency-Key must be 1 to {LONGEST_KEY} printable characters."
            raise Malformed(detail)
        asked = request.url.query.encode() + b"\n" + await request.body()
        digest = hashlib.sha256(asked).hexdigest()
        return cls(idempotency.Attempt(key, request.method, request.url.path, digest))

    async def kept(self, work: Work) -> Response | None:
        """The first try's answer, if there was one."""
        answer = await idempotency.kept(work, self.attempt)
        if answer is None:
            return None
        if answer.body is None:
            detail = "This was done before; what is secret in its answer is kept no longer."
            raise AlreadyExists(detail)
        return Response(answer.body, answer.status, {**answer.headers, **REPEATED})

    async def keep(self, work: Work, response: Response) -> None:
        """Keep this try's answer."""
        if SECRET in response.headers:
            # Its headers may tell the secret too, as the `Location` of a link does.
            answer = idempotency.Answer(response.status_code, {}, None)
        else:
            headers = {n: response.headers[n] for n in KEPT_HEADERS if n in response.headers}
            body = bytes(response.body).decode()
            answer = idempotency.Answer(response.status_code, headers, body)
        await idempotency.keep(work, self.attempt, answer)
