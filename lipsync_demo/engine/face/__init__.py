"""Faces: detection, landmarks, head pose and the measures of a mouth."""
