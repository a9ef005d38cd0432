"""Google Cloud's speech services: recognition by REST or gRPC, and synthesis."""
