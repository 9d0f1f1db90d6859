"""Access: the tenants, and the keys by which callers enter them."""

from service.domain.access.inputs import (
    ApiKeyList,
    NewApiKey,
    NewWorkspace,
    WorkspaceList,
)
from service.domain.access.keys import Key, digest, parse
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
from service.domain.access.trusted import (
    EXAMPLE_DOCUMENT_ID,
    LONGEST_DOCUMENT,
    MOST_DOCUMENTS,
    TRUSTED_DOCUMENTS,
    NewTrustedDocument,
    TrustedDocumentList,
    document_id,
    trusted_text,
)
from service.domain.access.writes import API_KEYS, GRANTED, WORKSPACES, operator_key

__all__ = [
    "API_KEYS",
    "EXAMPLE_DOCUMENT_ID",
    "GRANTED",
    "LONGEST_DOCUMENT",
    "MOST_DOCUMENTS",
    "TRUSTED_DOCUMENTS",
    "WORKSPACES",
    "ApiKeyList",
    "Grant",
    "Key",
    "NewApiKey",
    "NewSettings",
    "NewTrustedDocument",
    "NewWorkspace",
    "Reporting",
    "SettingsWeights",
    "TrustedDocumentList",
    "WorkspaceList",
    "authenticate",
    "digest",
    "document_id",
    "every_workspace",
    "operator_key",
    "parse",
    "patch_settings",
    "replace_settings",
    "reporting",
    "settings",
    "trusted_text",
]
