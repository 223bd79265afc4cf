"""Contesting a decision."""
