"""Work on machines: commands, files, services and facts over a transport. plumbum lives here and nowhere else."""
