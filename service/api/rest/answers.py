"""The schemas of all answers that are computed, for the contract."""

from inspect import cleandoc
from typing import Any

import msgspec

from service.domain import contacts, events, insights, journeys, measures, membership

ANSWERS = (
    *(insights.EmotionCurve, insights.Themes, insights.PersonaQuality),
    *(insights.JourneyGaps, insights.GapList, insights.Challenges, insights.Coverage),
    *(insights.Plan, journeys.Comparison),
    *(insights.PreviewedBinding, insights.JourneyBindings, insights.ContactJourneys),
    *(insights.JourneyTransitions, insights.JourneyPaths),
    *(insights.JourneyFunnel, insights.JourneyConformance, insights.JourneyKpis),
    *(insights.SalesFunnel, insights.ThenAndNow, insights.JourneyContacts),
    *(contacts.ContactOutcomes, contacts.ContactsFound, events.ReplayedMessages),
    *(membership.MembershipCounts, membership.ContactProfiles, membership.ContactPersona),
    measures.Sessions,
    measures.Funnel,
    *(measures.KpiAnswer, measures.KpiAmount),
    measures.Attribution,
    measures.Drivers,
    measures.Surveys,
    measures.Correlates,
    *(measures.KpiStatus, measures.PostedOutcome),
    measures.Transitions,
    measures.Retention,
    measures.Conformance,
    measures.Paths,
)
"""What is answered; what they are made of follows from them."""


def schemas() -> dict[str, Any]:
    """The schemas of all answers by name, for the contract's components."""
    template = "#/components/schemas/{name}"
    _, made = msgspec.json.schema_components(ANSWERS, ref_template=template)
    for schema in made.values():
        # Python 3.13 takes the indentation off, those before it do not.
        schema["description"] = cleandoc(schema["description"])
        for member in schema.get("properties", {}).values():
            for option in (member, *member.get("anyOf", ())):
                if option.get("format") == "decimal":
                    option["type"] = "number"
                    del option["format"]
            # What may be anything may be null.
            if {} in member.get("anyOf", ()):
                del member["anyOf"]
    return made
