"""A small client for WaveSpeedAI's v3 API and the lip-sync model behind it."""
