"""The methods of the protocol, one a module."""
