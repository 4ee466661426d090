"""Everything that helps to find out what went wrong with a cluster, in one archive without secrets."""
