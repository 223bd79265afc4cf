"""Accounts, roles, signing in, sanctions."""
