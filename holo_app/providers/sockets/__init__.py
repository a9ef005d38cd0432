"""What vendors that speak WebSocket stand on: one connection, and what a failure means."""
