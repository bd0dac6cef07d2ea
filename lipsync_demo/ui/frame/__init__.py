"""What surrounds every view: the header, the theme, notices, and what views share."""
