"""Documents that read and set stock."""

from __future__ import annotations

from plugins.shopify.documents import Document

_LEVEL = """
fragment LevelFields on InventoryLevel {
  id
  updatedAt
  isActive
  location { id name }
  quantities(names: ["available", "on_hand"]) { name quantity updatedAt }
}
"""

STOCK_ITEMS = Document(
    "StockItems",
    80,
    """
query StockItems($first: Int!, $query: String, $levels: Int!) {
  inventoryItems(first: $first, query: $query) {
    nodes {
      id
      sku
      tracked
      updatedAt
      inventoryLevels(first: $levels) {
        nodes { ...LevelFields }
        pageInfo { hasNextPage endCursor }
      }
    }
    pageInfo { hasNextPage endCursor }
  }
}
"""
    + _LEVEL,
)

ITEM_LEVELS = Document(
    "ItemLevels",
    50,
    """
query ItemLevels($id: ID!, $first: Int!, $after: String) {
  inventoryItem(id: $id) {
    id
    sku
    tracked
    updatedAt
    inventoryLevels(first: $first, after: $after) {
      nodes { ...LevelFields }
      pageInfo { hasNextPage endCursor }
    }
  }
}
"""
    + _LEVEL,
)

ITEM_LEVEL = Document(
    "ItemLevel",
    5,
    """
query ItemLevel($id: ID!, $location: ID!) {
  inventoryItem(id: $id) {
    id
    sku
    tracked
    updatedAt
    inventoryLevel(locationId: $location) { ...LevelFields }
  }
}
"""
    + _LEVEL,
)

LOCATIONS = Document(
    "Locations",
    10,
    """
query Locations($first: Int!, $after: String) {
  locations(first: $first, after: $after, includeInactive: false) {
    nodes { id name }
    pageInfo { hasNextPage endCursor }
  }
}
""",
)

LOCATION_LEVELS = Document(
    "LocationLevels",
    80,
    """
query LocationLevels($id: ID!, $first: Int!, $after: String, $query: String) {
  location(id: $id) {
    id
    inventoryLevels(first: $first, after: $after, query: $query) {
      nodes { ...LevelFields item { id sku tracked updatedAt } }
      pageInfo { hasNextPage endCursor }
    }
  }
}
"""
    + _LEVEL,
)

SET_STOCK = Document(
    "SetStock",
    15,
    """
mutation SetStock($input: InventorySetQuantitiesInput!, $key: String!) {
  inventorySetQuantities(input: $input) @idempotent(key: $key) {
    inventoryAdjustmentGroup { id createdAt }
    userErrors { field message code }
  }
}
""",
)
