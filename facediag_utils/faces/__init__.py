"""A picture becomes landmarks and an aligned face."""
