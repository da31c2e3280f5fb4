"""PrestaShop: what a shop's webservice asks of products, in our words. No channel is registered yet.

`requirements.py` translates the answer of `GET /api/products?schema=synopsis`.
"""
