"""Azure AI Speech: recognition and synthesis over its WebSocket protocol."""
