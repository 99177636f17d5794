"""Reads for the pages: explicit columns, a bounded number of statements, always through the actor's municipalities."""
