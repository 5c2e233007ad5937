"""Each user gets a digest a week. Digests ask taste and mood, so their functions are in processors/composition.py."""
