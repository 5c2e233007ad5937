"""A user's wardrobe: what is worn, and when."""
