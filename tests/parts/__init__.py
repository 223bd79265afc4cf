"""Real parts for the tests: databases, a mail server, a browser. Nothing here is a fake."""
