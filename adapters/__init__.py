"""One folder per external system; ``ls adapters/`` is the list of them. Found by folder, never imported by name."""
