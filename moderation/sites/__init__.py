"""Publications and their settings."""
