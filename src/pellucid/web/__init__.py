"""The built web app, as files."""
