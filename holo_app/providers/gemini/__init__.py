"""Google's Gemini, by an API key or through Vertex."""
