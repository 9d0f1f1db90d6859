"""Audiences: ideal-client profiles and the personas that give them a face."""

from service.domain.audiences.attributes import CATALOGUE, Attribute
from service.domain.audiences.avatars import Portrait, portrait
from service.domain.audiences.inputs import (
    NewPersona,
    NewProfile,
    NewProfileAttribute,
    PersonaList,
    ProfileAttributeList,
    ProfileList,
)
from service.domain.audiences.tables import personas
from service.domain.audiences.writes import PERSONAS, PROFILE_ATTRIBUTES, PROFILES

__all__ = [
    "CATALOGUE",
    "PERSONAS",
    "PROFILES",
    "PROFILE_ATTRIBUTES",
    "Attribute",
    "NewPersona",
    "NewProfile",
    "NewProfileAttribute",
    "PersonaList",
    "Portrait",
    "ProfileAttributeList",
    "ProfileList",
    "personas",
    "portrait",
]
