"""The version, for modules of the package: `lipsync_demo` itself offers what lies above them."""

__version__ = "0.1.0"
