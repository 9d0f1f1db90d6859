"""Load an export of telecom customers as contacts with typed traits, by the public API alone.

    .venv/bin/python examples/telco.py Telco-Customer-Churn.csv.gz --key wp_…

or with WAYPOST_URL and WAYPOST_KEY in the environment. It needs httpx and nothing else. A second
run changes nothing and says so. docs/crm.md tells which column becomes what.
"""

import argparse
import sys

from exports import Json, Refused, Report, Row, Service, rows, run

SOURCE = "telco"
"""Whose ids these are: of contacts, of attributes, of profiles."""
NO_LINE, NO_NET = "No phone service", "No internet service"
INTERNET = ("Yes", "No", NO_NET)

Column = tuple[str, str, str, tuple[str, ...]]
FLAGS: tuple[Column, ...] = tuple(
    (column, key, "boolean", ())
    for column, key in (
        *(("SeniorCitizen", "senior_citizen"), ("Partner", "partner")),
        *(("Dependents", "dependents"), ("PhoneService", "phone_service")),
        *(("PaperlessBilling", "paperless_billing"), ("Churn", "churn")),
    )
)
CHOICES: tuple[Column, ...] = (
    ("MultipleLines", "multiple_lines", "choice", ("Yes", "No", NO_LINE)),
    ("InternetService", "internet_service", "choice", ("DSL", "Fiber optic", "No")),
    ("OnlineSecurity", "online_security", "choice", INTERNET),
    ("OnlineBackup", "online_backup", "choice", INTERNET),
    ("DeviceProtection", "device_protection", "choice", INTERNET),
    ("TechSupport", "tech_support", "choice", INTERNET),
    ("StreamingTV", "streaming_tv", "choice", INTERNET),
    ("StreamingMovies", "streaming_movies", "choice", INTERNET),
    ("Contract", "contract", "choice", ("Month-to-month", "One year", "Two year")),
    (
        *("PaymentMethod", "payment_method", "choice"),
        (
            *("Electronic check", "Mailed check"),
            *("Bank transfer (automatic)", "Credit card (automatic)"),
        ),
    ),
)
FIGURES: tuple[Column, ...] = (
    ("tenure", "tenure_months", "integer", ()),
    ("MonthlyCharges", "monthly_charges", "number", ()),
    ("TotalCharges", "total_charges", "number", ()),
)
COLUMNS = (*FLAGS, *CHOICES, *FIGURES)
"""Column, key of the attribute, its type, its options. `gender` is built in."""
UNITS = {"tenure_months": "months"}
LABELS = {"churn": "Has left", "tenure_months": "Months as a customer"}
TRUTH = {"Yes": True, "No": False, "1": True, "0": False}


def is_in(field: str, *values: str) -> Json:
    """A test of a trait."""
    return {"field": f"traits.{field}", "op": "in", "value": list(values)}


PROFILES: dict[str, Json] = {
    "flexible-fibre": {
        "name": "Month-to-month on fibre",
        "description": "May leave any month, on the dearest line.",
        "criteria": {
            "all": [is_in("contract", "Month-to-month"), is_in("internet_service", "Fiber optic")]
        },
    },
    "settled": {
        "name": "Settled for a year or longer",
        "description": "Under a contract of one or two years.",
        "criteria": is_in("contract", "One year", "Two year"),
    },
}
"""Segments to begin with, by which the next load and every figure can be asked."""


def load(given: argparse.Namespace, service: Service, report: Report) -> None:
    """Attributes first, so that the traits are checked against them; profiles; contacts."""
    attributes = service.known("profile-attributes", SOURCE)
    for _, key, kind, options in COLUMNS:
        body = {"key": key, "type": kind, "options": list(options), "unit": UNITS.get(key)}
        body["label"] = LABELS.get(key, key.replace("_", " ").capitalize())
        service.synced("profile-attributes", SOURCE, key, body, attributes)
    profiles = service.known("profiles", SOURCE)
    for name, body in PROFILES.items():
        service.synced("profiles", SOURCE, name, body, profiles)
    items = []
    for row in rows(given.path, ["customerID"], report):
        try:
            items.append((row, contact(row)))
        except Refused as error:
            report.reject(row, str(error))
    service.upserted(items)


def contact(row: Row) -> Json:
    """A row as a contact. Raises `Refused`."""
    customer = row.cells.get("customerID", "").strip()
    if not customer:
        raise Refused("has no customerID")
    traits = {key: value(row, column, kind) for column, key, kind, _ in COLUMNS}
    gender = row.cells.get("gender", "").strip().lower()
    return {
        "identifiers": [{"source": SOURCE, "value": customer}],
        "traits": {**traits, "gender": gender or None},
    }


def value(row: Row, column: str, kind: str) -> object:
    """A cell as what it means; a blank one as null, which is not zero. Raises `Refused`."""
    text = row.cells.get(column, "").strip()
    if not text:
        return None
    try:
        if kind == "boolean":
            return TRUTH[text]
        if kind == "integer":
            return int(text)
        return float(text) if kind == "number" else text
    except (KeyError, ValueError) as error:
        raise Refused(f"{column} is {text!r}, which is no {kind}") from error


if __name__ == "__main__":
    sys.exit(run(__doc__ or "", load))
