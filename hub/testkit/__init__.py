"""Shipped test equipment: simulators, ledgers and what they are checked with. Nothing of the product imports it."""
