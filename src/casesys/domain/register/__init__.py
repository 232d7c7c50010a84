"""The register: the tree of grids, people, organisations, bodies, mandates, intake points, calendars, charters and keys."""
