"""What goes into a run: uploads, links, the samples, and the choice of sync mode."""
