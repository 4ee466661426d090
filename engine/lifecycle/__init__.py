"""What each operation does to a cluster, as a readable list of phases."""
