"""The rules of each command on a case, one module a stage: what they need, what they refuse, what they bring about."""
