"""Documents that read and write products and their variants."""

from __future__ import annotations

from plugins.shopify.documents import Document

_VARIANT = """
fragment VariantFields on ProductVariant {
  id
  title
  sku
  barcode
  price
  compareAtPrice
  inventoryQuantity
  inventoryPolicy
  taxable
  updatedAt
  selectedOptions { name value }
  inventoryItem {
    id
    tracked
    requiresShipping
    countryCodeOfOrigin
    harmonizedSystemCode
    measurement { weight { value unit } }
  }
}
"""

_MEDIUM = """
fragment MediumFields on Media {
  __typename
  mediaContentType
  alt
  status
  ... on MediaImage {
    id
    mimeType
    image { url width height }
    originalSource { fileSize }
  }
}
"""

_PRODUCT = (
    """
fragment ProductFields on Product {
  id
  title
  descriptionHtml
  vendor
  productType
  handle
  status
  tags
  totalInventory
  tracksInventory
  hasOnlyDefaultVariant
  onlineStoreUrl
  createdAt
  updatedAt
  category { id fullName }
  seo { title description }
  priceRangeV2 { minVariantPrice { currencyCode } }
  options { id name position optionValues { id name } }
  media(first: $images) {
    nodes { ...MediumFields }
    pageInfo { hasNextPage endCursor }
  }
  variants(first: $variants) {
    nodes { ...VariantFields }
    pageInfo { hasNextPage endCursor }
  }
}
"""
    + _MEDIUM
    + _VARIANT
)

PRODUCTS = Document(
    "Products",
    100,
    """
query Products($first: Int!, $after: String, $query: String, $images: Int!, $variants: Int!, $counted: Boolean!) {
  productsCount(query: $query, limit: null) @include(if: $counted) { count precision }
  products(first: $first, after: $after, query: $query, sortKey: UPDATED_AT) {
    nodes { ...ProductFields }
    pageInfo { hasNextPage endCursor }
  }
}
"""
    + _PRODUCT,
)

PRODUCT = Document(
    "Product",
    40,
    """
query Product($id: ID!, $images: Int!, $variants: Int!) {
  product(id: $id) { ...ProductFields }
}
"""
    + _PRODUCT,
)

PRODUCT_VARIANTS = Document(
    "ProductVariants",
    60,
    """
query ProductVariants($id: ID!, $first: Int!, $after: String) {
  product(id: $id) {
    id
    variants(first: $first, after: $after) {
      nodes { ...VariantFields }
      pageInfo { hasNextPage endCursor }
    }
  }
}
"""
    + _VARIANT,
)

PRODUCT_MEDIA = Document(
    "ProductMedia",
    40,
    """
query ProductMedia($id: ID!, $first: Int!) {
  product(id: $id) {
    id
    media(first: $first) {
      nodes { ...MediumFields }
      pageInfo { hasNextPage endCursor }
    }
  }
}
"""
    + _MEDIUM,
)

CATEGORIES = Document(
    "Categories",
    10,
    """
query Categories($search: String!) {
  taxonomy { categories(search: $search, first: 50) { nodes { id name fullName isArchived } } }
}
""",
)

UPDATE_PRODUCT = Document(
    "UpdateProduct",
    11,
    """
mutation UpdateProduct($product: ProductUpdateInput!, $media: [CreateMediaInput!]) {
  productUpdate(product: $product, media: $media) {
    product { id updatedAt }
    userErrors { field message }
  }
}
""",
)

UPDATE_VARIANTS = Document(
    "UpdateVariants",
    60,
    """
mutation UpdateVariants($productId: ID!, $variants: [ProductVariantsBulkInput!]!) {
  productVariantsBulkUpdate(productId: $productId, variants: $variants, allowPartialUpdates: false) {
    productVariants { id updatedAt }
    userErrors { field message code }
  }
}
""",
)

UPDATE_OPTION = Document(
    "UpdateOption",
    15,
    """
mutation UpdateOption($productId: ID!, $option: OptionUpdateInput!) {
  productOptionUpdate(productId: $productId, option: $option, variantStrategy: LEAVE_AS_IS) {
    product { id updatedAt }
    userErrors { field message code }
  }
}
""",
)

UPDATE_FILES = Document(
    "UpdateFiles",
    20,
    """
mutation UpdateFiles($files: [FileUpdateInput!]!) {
  fileUpdate(files: $files) {
    files { __typename id alt fileStatus }
    userErrors { field message code }
  }
}
""",
)
