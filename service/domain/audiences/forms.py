"""Profiles and personas as spreadsheets."""

from service.domain.audiences.writes import PERSONAS, PROFILES
from service.domain.forms import Form

PROFILE_FORM = Form(PROFILES, {"parent_id": PROFILES})
PERSONA_FORM = Form(PERSONAS, {"profile_id": PROFILES})
