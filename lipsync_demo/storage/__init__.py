"""Where files lie: in a folder, the default, or in an object store that several machines share."""

from .base import ANALYSES, Storage, Stored
from .errors import FileDamaged, FileMissing, StorageError, StorageUnusable
from .opening import StoragePlace, open_storage, storage_place

__all__ = [
    "ANALYSES",
    "FileDamaged",
    "FileMissing",
    "Storage",
    "StorageError",
    "StoragePlace",
    "StorageUnusable",
    "Stored",
    "open_storage",
    "storage_place",
]
