"""Sound to mouth shapes, laid along the output, in a person's own range."""

from lipsync_demo.engine.speech.channels import (
    VoiceChannels,
    extract_voice,
    speech_samples,
    voice_channels,
)
from lipsync_demo.engine.speech.model import SpeechModel, SpeechShapes

__all__ = [
    "SpeechModel",
    "SpeechShapes",
    "VoiceChannels",
    "extract_voice",
    "speech_samples",
    "voice_channels",
]
