"""Documents that list and create webhook subscriptions."""

from __future__ import annotations

from plugins.shopify.documents import Document

_SUBSCRIPTION = """
fragment SubscriptionFields on WebhookSubscription {
  id
  topic
  uri
  format
  filter
  includeFields
}
"""

SUBSCRIPTIONS = Document(
    "Subscriptions",
    30,
    """
query Subscriptions($first: Int!, $after: String, $uri: String) {
  webhookSubscriptions(first: $first, after: $after, uri: $uri) {
    nodes { ...SubscriptionFields }
    pageInfo { hasNextPage endCursor }
  }
}
"""
    + _SUBSCRIPTION,
)

SUBSCRIBE = Document(
    "Subscribe",
    10,
    """
mutation Subscribe($topic: WebhookSubscriptionTopic!, $webhookSubscription: WebhookSubscriptionInput!) {
  webhookSubscriptionCreate(topic: $topic, webhookSubscription: $webhookSubscription) {
    webhookSubscription { ...SubscriptionFields }
    userErrors { field message }
  }
}
"""
    + _SUBSCRIPTION,
)

RESUBSCRIBE = Document(
    "Resubscribe",
    10,
    """
mutation Resubscribe($id: ID!, $webhookSubscription: WebhookSubscriptionInput!) {
  webhookSubscriptionUpdate(id: $id, webhookSubscription: $webhookSubscription) {
    webhookSubscription { ...SubscriptionFields }
    userErrors { field message }
  }
}
"""
    + _SUBSCRIPTION,
)
