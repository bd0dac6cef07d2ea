"""Faces in one picture: detection, landmarks, head pose, mouth measures."""

from lipsync_demo.engine.face.geometry import CHIN, fit_pose, iod
from lipsync_demo.engine.face.landmarker import FaceLandmarker
from lipsync_demo.engine.face.picture_edge import in_sight
from lipsync_demo.engine.face.regions import Landmarks

__all__ = ["CHIN", "FaceLandmarker", "Landmarks", "fit_pose", "in_sight", "iod"]
