"""Bodies of actions, KPIs and alerts with every member filled."""

from typing import Any

PLANNED: dict[str, dict[str, Any]] = {
    "/v1/actions": {
        "title": "Answer the fees",
        "description": "On the first page",
        "kind": "content",
        "status": "planned",
        "department": "marketing",
        "due_on": "2026-09-30",
        "effort": 5.0,
        "impact": 40.0,
        "cost": {"amount": 10, "currency": "EUR"},
        "gap_ids": ["7c1f8d4e-5f0e-5a53-9d7f-4a1f3f0c2b61"],
        "metric": {
            "name": "Calls",
            "unit": "percent",
            "better": "higher",
            "before": 61.5,
            "after": 74.0,
            "measured_before_on": "2026-05-01",
            "measured_after_on": "2026-08-01",
        },
        "external_ids": [{"source": "crm", "id": "7"}],
    },
    "/v1/kpis": {
        "key": "buyers",
        "name": "Buyers",
        "description": "Who buys",
        "unit": "share",
        "direction": "up",
        "target": {"value": 0.5, "from": "2026-01-01T00:00:00Z", "to": "2027-01-01T00:00:00Z"},
        "owner": "marketing",
        "definition": {
            "mode": "ratio",
            "numerator": {
                "measure": "percentile",
                "events": {"field": "event", "op": "eq", "value": "Order Completed"},
                "property": "properties.value",
                "percentile": 90.0,
                "currency": "EUR",
            },
            "denominator": {"measure": "contacts", "events": "Product Viewed"},
            "timeout_seconds": 600,
        },
        "aggregation": "mean",
        "external_ids": [{"source": "crm", "id": "7"}],
    },
    "/v1/alerts": {
        "name": "Fewer buy",
        "watches": {
            "kpi": {
                "kpi": "conversion_rate",
                "filter": {"field": "device", "op": "eq", "value": "mobile"},
            }
        },
        "condition": {
            "change": {"direction": "down", "by": 0.1, "mode": "relative", "over_days": 28}
        },
        "window_days": 14,
        "least_count": 50,
        "enabled": True,
        "external_ids": [{"source": "crm", "id": "7"}],
    },
}
