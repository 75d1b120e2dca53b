"""The I/O: performing what the decisions in `core` ask for, sync and async."""
