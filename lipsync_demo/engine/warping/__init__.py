"""The geometry of a changed frame: grids, warps, seams, blending."""
