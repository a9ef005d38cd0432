"""What vendors that speak HTTP stand on: one client, events from a server, and what a failure means."""
