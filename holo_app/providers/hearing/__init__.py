"""What recognisers stand on: sound cut for the wire, and the account of what was heard."""
