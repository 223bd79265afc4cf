"""Which sites have been linked to before: what is new among links is worth a look."""
