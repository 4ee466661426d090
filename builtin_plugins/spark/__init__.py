"""Apache Spark, standalone: one master, and workers that come and go."""
