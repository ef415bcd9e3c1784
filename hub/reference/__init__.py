"""Reference data: divisions with their successors, working calendars, citizen numbers and names.

Everything here is pure and dated: a table is built once from the files in ``data/`` and never changes while the hub runs,
each answer depends on its arguments alone. Imports nothing of the hub.
"""
