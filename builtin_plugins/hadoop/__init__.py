"""Apache Hadoop: HDFS, YARN and MapReduce."""
