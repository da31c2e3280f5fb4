"""Back Market: what a leaf category asks of new products, in our words. No channel is registered yet.

`requirements.py` translates the answer of `GET /ws/category/tree` or of one of its branches.
"""
