"""The life of a message as a list of steps; read ``order.py`` first. Steps do not know each other."""
