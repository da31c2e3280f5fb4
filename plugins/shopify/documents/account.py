"""Documents about the shop and our app in it."""

from __future__ import annotations

from plugins.shopify.documents import Document

ACCOUNT = Document(
    "Account",
    5,
    """
query Account {
  shop {
    id
    name
    myshopifyDomain
    currencyCode
    weightUnit
    ianaTimezone
    resourceLimits { maxProductOptions maxProductVariants locationLimit }
  }
  currentAppInstallation { accessScopes { handle } }
}
""",
)
