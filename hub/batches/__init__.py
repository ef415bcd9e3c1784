"""Batches that come in: accepted whole or not at all, split record by record, every record with an outcome of its own."""
