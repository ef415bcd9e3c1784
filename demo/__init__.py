"""The demonstration: a synthetic province and the traffic that runs through it. Never real people, never real partners."""
