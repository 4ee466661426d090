"""The properties of each release of Hadoop, as its own jars tell them."""
