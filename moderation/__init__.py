"""Comment moderation for news publishers."""
