"""The example that loads telecom customers, on rows that have the quirks of the export."""

import csv
import gzip
from pathlib import Path

import pytest

from tests.clients.exported import Json, count, lines, load, trait
from tests.conftest import Served
from tests.make import Client

ROW: Json = {
    **{"customerID": "7590-A", "gender": "Female", "SeniorCitizen": "0", "Partner": "Yes"},
    **{"Dependents": "No", "tenure": "1", "PhoneService": "No", "Contract": "Month-to-month"},
    **{"MultipleLines": "No phone service", "InternetService": "DSL", "OnlineSecurity": "No"},
    **{"PaymentMethod": "Electronic check", "PaperlessBilling": "Yes", "Churn": "No"},
    **{"MonthlyCharges": "29.85", "TotalCharges": "29.85", "TechSupport": "No internet service"},
}


@pytest.fixture
def file(tmp_path: Path) -> Path:
    found = tmp_path / "customers.csv.gz"
    with gzip.open(found, "wt", newline="") as text:
        writer = csv.DictWriter(text, ROW)
        writer.writeheader()
        writer.writerow(ROW)
        fibre = {"customerID": "2", "InternetService": "Fiber optic", "Churn": "Yes"}
        writer.writerow(ROW | fibre | {"tenure": "0", "TotalCharges": " ", "SeniorCitizen": "1"})
        writer.writerow(ROW | {"customerID": "3", "SeniorCitizen": "2"})
        writer.writerow(ROW | {"customerID": "4", "Contract": "For ever"})
        writer.writerow(ROW | {"customerID": "5", "MonthlyCharges": "12,50"})
        writer.writerow(ROW | {"customerID": ""})
    return found


async def test_rows_become_contacts_with_typed_traits(
    served: Served, client: Client, file: Path
) -> None:
    code, said = load(served, client, "telco.py", file)
    assert code == 1
    *rejected, read, attributes, profiles, contacts = said
    assert rejected == [
        "customers.csv.gz:4: 3: SeniorCitizen is '2', which is no boolean",
        "customers.csv.gz:6: 5: MonthlyCharges is '12,50', which is no number",
        "customers.csv.gz:7: ?: has no customerID",
        "customers.csv.gz:5: 4: /items/2/traits/contract Must be one of: Month-to-month, One year,"
        " Two year.",
    ]
    assert read == "customers.csv.gz: 6 rows, 2 taken, 4 not"
    assert contacts == "contacts: 2 created, 1 rejected"
    assert (attributes, profiles) == ("profile-attributes: 19 created", "profiles: 2 created")
    one, two = sorted(await lines(client, "/v1/contacts"), key=lambda one: one["traits"]["churn"])
    assert one["traits"] == {
        **{"senior_citizen": False, "partner": True, "dependents": False, "churn": False},
        **{"phone_service": False, "paperless_billing": True, "gender": "female"},
        **{"multiple_lines": "No phone service", "internet_service": "DSL"},
        **{"online_security": "No", "tech_support": "No internet service"},
        **{"contract": "Month-to-month", "payment_method": "Electronic check"},
        **{"tenure_months": 1, "monthly_charges": 29.85, "total_charges": 29.85},
    }
    # A blank figure is unknown, and that is not zero.
    assert "total_charges" not in two["traits"]
    assert (two["traits"]["tenure_months"], two["traits"]["senior_citizen"]) == (0, True)
    again = load(served, client, "telco.py", file)[1]
    assert again[-2:] == ["contacts: 2 unchanged, 1 rejected", "Nothing changed."]


async def test_a_cell_that_was_emptied_takes_its_trait_along(
    served: Served, client: Client, file: Path
) -> None:
    load(served, client, "telco.py", file)
    with gzip.open(file, "wt", newline="") as text:
        writer = csv.DictWriter(text, ROW)
        writer.writeheader()
        writer.writerow(ROW | {"TotalCharges": ""})
    code, said = load(served, client, "telco.py", file)
    assert (code, said[-1]) == (0, "contacts: 1 updated")
    assert (
        await count(client, {"field": "traits.total_charges", "op": "exists", "value": True}) == 0
    )


async def test_segments_can_be_asked_by_the_criteria_of_profiles(
    served: Served, client: Client, file: Path
) -> None:
    load(served, client, "telco.py", file)
    profiles = {one["name"]: one for one in await lines(client, "/v1/profiles")}
    criteria = profiles["Month-to-month on fibre"]["criteria"]
    assert await count(client, criteria) == 1
    assert await count(client, {"all": [criteria, trait("churn", True)]}) == 1
    assert await count(client, profiles["Settled for a year or longer"]["criteria"]) == 0
