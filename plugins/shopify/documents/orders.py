"""Documents that read orders and ship them."""

from __future__ import annotations

from plugins.shopify.documents import Document

_LINE = """
fragment LineFields on LineItem {
  id
  title
  variantTitle
  sku
  quantity
  currentQuantity
  unfulfilledQuantity
  originalUnitPriceSet { shopMoney { amount currencyCode } }
}
"""

_ORDER = (
    """
fragment OrderFields on Order {
  id
  name
  createdAt
  processedAt
  updatedAt
  cancelledAt
  displayFinancialStatus
  displayFulfillmentStatus
  currencyCode
  tags
  test
  email
  phone
  currentTotalPriceSet { shopMoney { amount currencyCode } }
  currentShippingPriceSet { shopMoney { amount currencyCode } }
  currentTotalTaxSet { shopMoney { amount currencyCode } }
  shippingAddress { ...AddressFields }
  billingAddress { ...AddressFields }
  lineItems(first: $lines) {
    nodes { ...LineFields }
    pageInfo { hasNextPage endCursor }
  }
  fulfillments(first: 50) {
    id
    status
    createdAt
    trackingInfo(first: 10) { company number url }
  }
}

fragment AddressFields on MailingAddress {
  name
  company
  address1
  address2
  city
  province
  provinceCode
  zip
  countryCodeV2
  phone
}
"""
    + _LINE
)

ORDERS = Document(
    "Orders",
    100,
    """
query Orders($first: Int!, $after: String, $query: String, $lines: Int!, $counted: Boolean!) {
  ordersCount(query: $query, limit: null) @include(if: $counted) { count precision }
  orders(first: $first, after: $after, query: $query, sortKey: UPDATED_AT) {
    nodes { ...OrderFields }
    pageInfo { hasNextPage endCursor }
  }
}
"""
    + _ORDER,
)

ORDER = Document(
    "Order",
    50,
    """
query Order($id: ID!, $lines: Int!) {
  order(id: $id) { ...OrderFields }
}
"""
    + _ORDER,
)

ORDER_LINES = Document(
    "OrderLines",
    50,
    """
query OrderLines($id: ID!, $first: Int!, $after: String) {
  order(id: $id) {
    id
    lineItems(first: $first, after: $after) {
      nodes { ...LineFields }
      pageInfo { hasNextPage endCursor }
    }
  }
}
"""
    + _LINE,
)

FULFILLMENT_ORDERS = Document(
    "FulfillmentOrders",
    60,
    """
query FulfillmentOrders($id: ID!, $after: String) {
  order(id: $id) {
    id
    fulfillments(first: 50) { id status trackingInfo(first: 10) { company number url } }
    fulfillmentOrders(first: 10, after: $after) {
      nodes {
        id
        status
        assignedLocation { location { id } }
        supportedActions { action }
        lineItems(first: 100) {
          nodes { id remainingQuantity lineItem { id } }
          pageInfo { hasNextPage endCursor }
        }
      }
      pageInfo { hasNextPage endCursor }
    }
  }
}
""",
)

CREATE_FULFILLMENT = Document(
    "CreateFulfillment",
    10,
    """
mutation CreateFulfillment($fulfillment: FulfillmentInput!) {
  fulfillmentCreate(fulfillment: $fulfillment) {
    fulfillment { id status }
    userErrors { field message }
  }
}
""",
    idempotent=False,
)

CANCEL_ORDER = Document(
    "CancelOrder",
    10,
    """
mutation CancelOrder($id: ID!, $reason: OrderCancelReason!, $restock: Boolean!, $notify: Boolean!, $note: String) {
  orderCancel(
    orderId: $id
    reason: $reason
    restock: $restock
    notifyCustomer: $notify
    staffNote: $note
    refundMethod: { originalPaymentMethodsRefund: false }
  ) {
    job { id done }
    orderCancelUserErrors { field message code }
  }
}
""",
)
