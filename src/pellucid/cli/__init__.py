"""The command line: one module per command, each with ``add_arguments`` and ``run``.

A command prints what a person reads, or with ``--json`` one JSON document that a program reads. Exit codes: 0 done,
1 the server said no or could not be asked, 2 wrong usage or a server that cannot start.
"""
