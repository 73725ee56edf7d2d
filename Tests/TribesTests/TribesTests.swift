// Makes the target exist.
