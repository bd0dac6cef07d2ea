"""Shots of a video, and the face that is to speak followed through each."""
