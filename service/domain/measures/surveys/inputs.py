"""What is asked of survey answers."""

from service.domain.measures.inputs import Analysis


class SurveysQuery(Analysis):
    """Survey answers of a range: the events of the role `survey`."""
