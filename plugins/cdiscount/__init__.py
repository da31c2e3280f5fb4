"""CDiscount (Octopia): what a category asks of its properties, in our words. No channel is registered yet.

`requirements.py` translates the answer of `GET /categories/{ref}/properties`.
"""
