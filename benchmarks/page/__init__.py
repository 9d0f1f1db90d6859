"""All that a page of one journey shows, over millions of events."""
