"""Access: the tenants, and the keys by which callers enter them."""

from service.domain.access.inputs import (
    ApiKeyList,
    NewApiKey,
    NewWorkspace,
    WorkspaceList,
)
from service.domain.access.keys import LENGTH, Key, digest, parse
from service.domain.access.reads import Grant, authenticate, every_workspace
from service.domain.access.settings import (
    NewSettings,
    Reporting,
    SettingsWeights,
    patch_settings,
    replace_settings,
    reporting,
    settings,
)
from service.domain.access.writes import API_KEYS, GRANTED, WORKSPACES, operator_key

__all__ = [
    "API_KEYS",
    "GRANTED",
    "LENGTH",
    "WORKSPACES",
    "ApiKeyList",
    "Grant",
    "Key",
    "NewApiKey",
    "NewSettings",
    "NewWorkspace",
    "Reporting",
    "SettingsWeights",
    "WorkspaceList",
    "authenticate",
    "digest",
    "every_workspace",
    "operator_key",
    "parse",
    "patch_settings",
    "replace_settings",
    "reporting",
    "settings",
]
