"""The process manager: transitions checked against the declared state machine, due dates on the working calendar."""
