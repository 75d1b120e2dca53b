"""Parts of scripts/mutation.py: the copy, the tests that run, the constants, the survivors."""
