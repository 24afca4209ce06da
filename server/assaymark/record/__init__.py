"""The record: what the ledger and the notes of commits say together of where lines come from."""
