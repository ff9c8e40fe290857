"""Runs tasks that somebody queued."""
