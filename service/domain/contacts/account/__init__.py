"""Organisations that contacts belong to."""

from service.domain.contacts.account.inputs import AccountList, NewAccount
from service.domain.contacts.account.reads import Organisation, organisations
from service.domain.contacts.account.writes import ACCOUNTS, store

__all__ = ["ACCOUNTS", "AccountList", "NewAccount", "Organisation", "organisations", "store"]
