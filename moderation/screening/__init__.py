"""What machines think of a text. They report, and may ask for a first look; people decide."""
