"""The sales funnel beside a map: where contacts stand, and where the CRM says they are."""

from service.domain.insights.sales_funnel.answers import SalesFunnel
from service.domain.insights.sales_funnel.asking import sales_funnel
from service.domain.insights.sales_funnel.inputs import SalesFunnelQuery

__all__ = ["SalesFunnel", "SalesFunnelQuery", "sales_funnel"]
