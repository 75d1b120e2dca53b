"""The command line (an extra: `imagen4[cli]`); a shell over the client, with no logic of its own."""
