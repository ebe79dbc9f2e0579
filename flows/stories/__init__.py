"""The step that places committed articles into stories, after the batches of a run."""
