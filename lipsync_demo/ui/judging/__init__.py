"""The panel below a result that judges it: verdict, headings, notes on frames, the next run."""
