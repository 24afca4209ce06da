"""Assaymark: tests code for security as it is typed."""
