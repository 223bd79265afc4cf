"""What the demo newspaper contains: articles, people, comments, reports and decisions, as data."""
