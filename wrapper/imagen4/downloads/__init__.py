"""Pictures: fetching them without credentials, and writing them to disk."""
