"""Flattened YAML: indentation and blank lines are gone, and come back by grammar."""
