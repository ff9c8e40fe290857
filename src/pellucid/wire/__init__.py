"""The protocol's requests and responses as frozen types, shared by server, client and agent.

One module per service. A type here is data without behaviour, and this package does no I/O. Every request type
leaves its optional fields at ``None``, which the protocol reads as "absent"; unknown keys are ignored on decoding
(protocol §1.2). An ``Action`` ties a name on the wire to its request and its response.
"""
