"""What happens when parts of the house break, with real parts."""
