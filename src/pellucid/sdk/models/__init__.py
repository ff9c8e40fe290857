"""Models: files of weights, and what is known of them (seed, Models; sdk-surface §1.19, §4.19)."""
