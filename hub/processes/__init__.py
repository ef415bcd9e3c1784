"""What runs: the parent that supervises, the edge that answers callers, the engine that plans and delivers."""
