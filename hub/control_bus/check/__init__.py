"""``pophub check``: proves schemas, routes, adapters, spokes and samples before anything starts. One file per theme; `run` knows the list."""
