"""One folder per business conversation (flow); ``ls routes/`` is the list of them. Found by folder, never imported by name."""
