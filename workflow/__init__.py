"""The office's rules: no HTTP, no HTML, no session, no current user."""
