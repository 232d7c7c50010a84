"""Keeps the tree over the log and the map of its streams, makes proofs from them, and signs checkpoints.

All of it follows from the log, but for the signatures; it lies in a file of its own, so that deriving it never holds up an append.
"""
