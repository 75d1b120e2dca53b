"""Flattened pages: their indentation, from a document like them that has kept its own."""
