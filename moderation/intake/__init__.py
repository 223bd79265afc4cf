"""The readers' door for handing in a comment."""
