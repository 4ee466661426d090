"""What users write: places in a document, what can be wrong with it, and its text."""
