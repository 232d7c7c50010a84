"""Workloads and peers. Nothing here is timed inside the test suite."""
