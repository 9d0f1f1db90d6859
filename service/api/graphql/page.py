"""The page on which a browser writes operations: ours, whole, and nothing from elsewhere."""

import re
from base64 import b64encode
from hashlib import sha256
from pathlib import Path

HTML = Path(__file__).with_suffix(".html").read_bytes()


def _hash(element: bytes) -> str:
    """What a policy lets an inline element of the page in by."""
    (inside,) = re.findall(rb"<%b>(.*?)</%b>" % (element, element), HTML, re.DOTALL)
    return f"'sha256-{b64encode(sha256(inside).digest()).decode()}'"


HEADERS = {
    "Content-Security-Policy": (
        f"default-src 'none'; script-src {_hash(b'script')}; style-src {_hash(b'style')}; "
        "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-cache",
}
