"""The load test: our own requests, a stand-in for the national platform, the bare floor, and the hub beside it."""
