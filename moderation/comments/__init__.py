"""The thing itself: comment, revision, thread."""
