"""What must be there before anybody is served."""
