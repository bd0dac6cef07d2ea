"""What a stored picture is shown as: which way up, how large, how bright."""
