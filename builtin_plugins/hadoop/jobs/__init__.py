"""Jobs of a Hadoop cluster: MapReduce, streaming, programs in Java, and Shell."""
