"""What a limit is worth that a gateway keeps: used fully, never overrun, shared fairly; beside what others do."""
