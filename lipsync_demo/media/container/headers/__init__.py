"""What pictures declare in their headers, by bounded walks: nothing is decoded."""
