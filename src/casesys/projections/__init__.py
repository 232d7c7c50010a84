"""Projections: what is read off the log, each a pure function of its events."""
