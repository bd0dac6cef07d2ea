"""The geometry of a drawn frame: grids, warps, seams, blending."""
