"""Optional plugins and integrations; each needs what its folder says."""
