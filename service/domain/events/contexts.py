"""What clients say of the circumstances of their messages, read once for all that say the same."""

from msgspec import Raw, Struct

from service.domain.events import depth, dimensions, storable
from service.domain.events.dimensions import Dimensions
from service.domain.events.rows import traits_in
from service.domain.events.wire import NOTHING, object_in


class Context(Struct, gc=False, frozen=True):
    """A context as it came, the dimensions that it tells, and whether it tells traits."""

    raw: bytes
    dimensions: Dimensions
    tells_traits: bool


class Contexts:
    """The contexts of messages that came together, and what their batch says for all of them."""

    def __init__(self, of_batch: Raw = NOTHING) -> None:
        self.of_batch = _usable(of_batch)
        self._read: dict[bytes, Context] = {}

    def forget(self) -> None:
        """Remember none of the messages' own."""
        self._read.clear()

    def of(self, own: Raw) -> Context | None:
        """A message's own context, else its batch's. Raises `Wrong`."""
        raw = object_in(own, "context") or self.of_batch
        if raw is None:
            return None
        found = self._read.get(raw)
        if found is None:
            told = traits_in(raw)
            # Of an empty object PHP makes a list; any other list might hide what is sensitive.
            told = None if told is None or bytes(told) == b"[]" else told
            tells = told is not None and object_in(told, "context", "traits") is not None
            found = self._read[raw] = Context(raw, dimensions.of_context(raw), tells)
        return found


def _usable(context: Raw) -> bytes | None:
    """What a batch says for all; nothing where that is no object, too deep, or cannot be stored."""
    found = bytes(context)
    bad = found[:1] != b"{" or depth.too_deep(found) or storable.why_not(found)
    return None if bad else found
