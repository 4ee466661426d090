"""Which Java runs a framework on a machine: the machine's own, or one that is brought there."""
