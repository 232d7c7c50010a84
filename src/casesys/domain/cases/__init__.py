"""Cases: their commands, events, lifecycle table, state and rules."""
