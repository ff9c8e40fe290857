"""Scripts that show Pellucid at work, with real training on data that ships in a package."""
