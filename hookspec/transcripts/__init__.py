"""Transcripts: what hooks asked of machines, and what came of it, written down to be played again without machines.

A transcript is a text file of JSON documents, one a line: the first tells the version of the format, each other one is
a call to a machine with its answer. What differs from machine to machine, such as addresses, names and directories,
stands in it as ``@{workers-1.address}``; secrets do not stand in it.
"""

from serai.hookspec.transcripts.exchange import Exchange
from serai.hookspec.transcripts.transcript import Transcript

__all__ = ["Exchange", "Transcript"]
