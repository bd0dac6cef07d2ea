"""Sound to mouth shapes, and those laid along the output in a person's own range."""

from lipsync_demo.engine.speech.channels import VoiceChannels, hear, speech_samples, voice_of
from lipsync_demo.engine.speech.model import SpeechModel

__all__ = ["SpeechModel", "VoiceChannels", "hear", "speech_samples", "voice_of"]
