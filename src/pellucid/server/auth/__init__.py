"""Who may do what: credentials, tokens, the browser's session."""
