"""The process as a part of its generation: its listeners, and what it says to the supervisor."""
