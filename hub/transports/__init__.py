"""Wire code fit for any system: how bytes leave and arrive. Knows the contract, never the store, a system or a channel.

Outbound: `http_client` posts to one configured address, `soap_client` makes SOAP calls through it, `own_schema`
checks what a partner answered. Both clients divide every failure in two: nothing was sent, or it may have been applied.
"""
