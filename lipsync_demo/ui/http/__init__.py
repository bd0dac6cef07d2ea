"""The app's own routes, and the checks of requests to Gradio."""
