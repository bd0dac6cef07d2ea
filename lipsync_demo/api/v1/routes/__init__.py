"""The addresses of the JSON API, a module for each noun."""
