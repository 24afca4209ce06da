"""A door: the language server. The only place that knows pygls and lsprotocol."""
