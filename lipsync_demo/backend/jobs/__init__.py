"""Jobs: their store, worker pool, uploads and retention."""
