"""What the steps need from the machine, as protocols. Each is implemented in ``hub/backends`` and passes one conformance suite."""
