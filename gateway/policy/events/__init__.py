"""What is worth telling of rows and quotas: pure rules."""
