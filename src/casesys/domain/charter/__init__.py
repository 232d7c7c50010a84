"""The charter: one immutable version of a community's rules, parsed from bytes into typed data."""
