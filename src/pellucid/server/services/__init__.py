"""The endpoints, one module per service of the protocol."""
