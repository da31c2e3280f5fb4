"""Amazon: what its product type definitions ask, in our words. No channel is registered yet.

`requirements.py` translates the JSON Schema that the Selling Partner API links to for a product type
(`GET /definitions/2020-09-01/productTypes/{productType}`), `conditions.py` its `if`.
"""
