"""Sound to mouth shapes, laid along the output, in a person's own range."""

from lipsync_demo.engine.speech.channels import (
    VoiceChannels,
    extract_voice,
    speech_samples,
    voice_channels,
)
from lipsync_demo.engine.speech.model import SpeechModel

__all__ = ["SpeechModel", "VoiceChannels", "extract_voice", "speech_samples", "voice_channels"]
