"""The control bus: the operator's commands and queries. Reads declarations and index rows, never the body of a message."""
