"""What time brings about: from the state of a case to the commands that are due."""
