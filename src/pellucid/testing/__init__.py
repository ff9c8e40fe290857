"""Conformance suites and test servers; imported by no product module."""
