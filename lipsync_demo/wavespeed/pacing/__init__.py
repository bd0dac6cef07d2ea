"""When a request may go out, and when it is sent again."""
