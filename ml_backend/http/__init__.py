"""The WSGI application and its server."""
