"""What the server answers beside Gradio, and what it lets through to Gradio."""
