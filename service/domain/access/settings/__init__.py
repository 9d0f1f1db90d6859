"""What a workspace sets for all that is computed in it."""

from service.domain.access.settings.inputs import NewSettings, SettingsWeights
from service.domain.access.settings.reads import Reporting, reporting, settings
from service.domain.access.settings.writes import patch_settings, replace_settings

__all__ = [
    "NewSettings",
    "Reporting",
    "SettingsWeights",
    "patch_settings",
    "replace_settings",
    "reporting",
    "settings",
]
