"""The HTTP API: every command and every read model under `/v1`, derived from the one catalogue."""
