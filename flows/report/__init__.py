"""What a person is shown of a run and of an output."""
