"""The GraphQL face: the resources and functions of REST, selected and joined as a query asks."""
