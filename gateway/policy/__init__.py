"""What is right: values in, values out. Nothing here waits, reads a clock or does IO."""
