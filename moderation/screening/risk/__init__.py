"""The risk model: how likely a text is an attack, hatred, spam, or gives away personal data."""
