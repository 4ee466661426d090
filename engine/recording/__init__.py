"""Writing transcripts of what hooks ask of machines."""
