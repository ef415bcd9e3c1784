"""All that adapters and routes may import: the small, frozen, typed vocabulary of the hub. Imports nothing of ours."""
