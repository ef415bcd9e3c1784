"""The ports of ``hub/ports`` implemented: message stores, schema registry, keyring, claim check, brokers."""
