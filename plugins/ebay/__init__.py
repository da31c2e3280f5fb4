"""eBay: what its item aspects ask of a category, in our words. No channel is registered yet.

`requirements.py` translates the answer of `GET /commerce/taxonomy/v1/category_tree/{id}/get_item_aspects_for_category`.
"""
