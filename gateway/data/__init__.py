"""What is known of each resource, as data: its rules, and how its changes are found. Rows, and no code."""
