"""What a workspace sets for all that is computed in it."""

from service.domain.access.settings.inputs import NewSettings, SettingsWeights
from service.domain.access.settings.reads import settings
from service.domain.access.settings.writes import patch_settings, replace_settings

__all__ = ["NewSettings", "SettingsWeights", "patch_settings", "replace_settings", "settings"]
