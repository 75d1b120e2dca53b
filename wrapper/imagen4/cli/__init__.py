"""The command line, an extra: a shell over the client, with no decisions of its own."""
