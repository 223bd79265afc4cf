"""The record of work: cases, reports, decisions, statements, appeals; deadlines and leases."""
