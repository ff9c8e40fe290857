"""The same work by Pellucid and by the tools that people know, each in an environment of its own, in one run."""
