"""Content as a spreadsheet."""

from service.domain.evidence.items.writes import CONTENT
from service.domain.forms import Form

CONTENT_FORM = Form(CONTENT, by_key=CONTENT.by_key)
