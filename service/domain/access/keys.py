"""API keys as text: `wp_<workspace id and key id>_<256-bit secret><checksum>`.

The ids are 64 hexadecimal digits; secret and checksum are base32 (RFC 4648) in lower case, 52
and 7 characters, which has no 0, 1, 8 or 9 to mistake for a letter. The checksum is the CRC-32
of all before it, so that a mistyped or cut key is known without asking anybody, and a scanner
of leaked secrets can tell a key from what only looks like one.

Kept is the SHA-256 of the whole key. A secret of 256 random bits needs no slow hash, and a hash
over the ids as well ties it to the row it is kept in.
"""

import hashlib
import hmac
import re
import secrets
from base64 import b32encode
from dataclasses import dataclass
from uuid import UUID
from zlib import crc32

LENGTH = 3 + 64 + 1 + 52 + 7
_FORM = re.compile(r"wp_([0-9a-f]{32})([0-9a-f]{32})_[a-z2-7]{59}")
_CHECKSUM = 7


@dataclass(frozen=True, slots=True)
class Key:
    """A key somebody presents: whose it says it is, and the hash that decides."""

    workspace_id: UUID
    id: UUID
    sha256: bytes


def make(workspace_id: UUID, key_id: UUID) -> str:
    """A new key with a random secret."""
    text = f"{hint(workspace_id, key_id)}_{_base32(secrets.token_bytes(32))}"
    return text + _checksum(text)


def hint(workspace_id: UUID, key_id: UUID) -> str:
    """What stands before a key's secret: enough to tell keys apart, nothing to enter with."""
    return f"wp_{workspace_id.hex}{key_id.hex}"


def digest(text: str) -> bytes:
    """The SHA-256 of a key, all that is ever stored or cached of it."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()


def parse(text: str) -> Key | None:
    """The key in a text, or None for what no key looks like."""
    found = _FORM.fullmatch(text)
    if found is None or _checksum(text[:-_CHECKSUM]) != text[-_CHECKSUM:]:
        return None
    return Key(UUID(found[1]), UUID(found[2]), digest(text))


def same(stored: bytes, presented: bytes) -> bool:
    """Whether two hashes are equal, in a time that tells nothing of where they differ."""
    return hmac.compare_digest(stored, presented)


def _checksum(text: str) -> str:
    return _base32(crc32(text.encode()).to_bytes(4))


def _base32(raw: bytes) -> str:
    return b32encode(raw).decode().rstrip("=").lower()
