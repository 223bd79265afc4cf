"""By which rules: versions of the community policy and their clauses."""
