"""Spokes: the services that business applications call and the ways in which they receive."""
