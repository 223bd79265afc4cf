"""The checks in their order: what each does, whether it counts, and from which score on."""
