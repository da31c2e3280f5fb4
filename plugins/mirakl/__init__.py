"""Mirakl: what an operator asks of products in a hierarchy, in our words. No channel is registered yet.

`requirements.py` translates attributes (PM11, `GET /api/products/attributes`) with their value lists (VL11,
`GET /api/values_lists`). Every operator has its own.
"""
