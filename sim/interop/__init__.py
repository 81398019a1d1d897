"""Bridges to other programs: one module a format."""
