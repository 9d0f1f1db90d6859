"""What Waypost brings along: templates and a catalogue of touchpoints, in five languages.

`outline.json` holds what is the same in all of them; the files named for a language their texts.
"""

from service.domain.journeys.ready.texts import Members, read, templates, touchpoints

__all__ = ["Members", "read", "templates", "touchpoints"]
