"""Audiences: ideal-client profiles and the personas that give them a face."""

from service.domain.audiences.attributes import CATALOGUE, Attribute
from service.domain.audiences.avatars import Portrait, portrait
from service.domain.audiences.bounds import bounded_json
from service.domain.audiences.conditions import UNSTORED
from service.domain.audiences.forms import PERSONA_FORM, PROFILE_FORM
from service.domain.audiences.inputs import (
    NewPersona,
    NewProfile,
    NewProfileAttribute,
    PersonaList,
    ProfileAttributeList,
    ProfileList,
)
from service.domain.audiences.reads import Placing, answerable, nowhere, segments, unstored
from service.domain.audiences.tables import personas, profile_attributes, profiles
from service.domain.audiences.traits import MAX_TRAITS, check_traits, is_sensitive
from service.domain.audiences.writes import (
    PERSONAS,
    PROFILE_ATTRIBUTES,
    PROFILES,
    BuiltIn,
    own_attributes,
    sensitive_keys,
)

__all__ = [
    "CATALOGUE",
    "MAX_TRAITS",
    "PERSONAS",
    "PERSONA_FORM",
    "PROFILES",
    "PROFILE_ATTRIBUTES",
    "PROFILE_FORM",
    "UNSTORED",
    "Attribute",
    "BuiltIn",
    "NewPersona",
    "NewProfile",
    "NewProfileAttribute",
    "PersonaList",
    "Placing",
    "Portrait",
    "ProfileAttributeList",
    "ProfileList",
    "answerable",
    "bounded_json",
    "check_traits",
    "is_sensitive",
    "nowhere",
    "own_attributes",
    "personas",
    "portrait",
    "profile_attributes",
    "profiles",
    "segments",
    "sensitive_keys",
    "unstored",
]
