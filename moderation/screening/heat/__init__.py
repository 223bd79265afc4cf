"""Heat: when more is said under an article than can be read, it goes slower for a while."""
