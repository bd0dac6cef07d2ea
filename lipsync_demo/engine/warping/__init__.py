"""Geometry of a changed frame: grids, warps, seams, blending."""
