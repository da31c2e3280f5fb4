"""Magento: what a shop asks of its product attributes, in our words. No channel is registered yet.

`requirements.py` translates the answers of `GET /V1/products/attributes` and of
`GET /V1/products/attribute-sets/{id}/attributes`.
"""
