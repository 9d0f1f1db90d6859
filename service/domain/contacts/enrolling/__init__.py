"""Contacts put on a map by hand."""

from service.domain.contacts.enrolling.inputs import EnrolmentList, NewEnrolment
from service.domain.contacts.enrolling.reads import as_events
from service.domain.contacts.enrolling.writes import ENROLMENTS, Enrolments

__all__ = ["ENROLMENTS", "EnrolmentList", "Enrolments", "NewEnrolment", "as_events"]
