"""The world: channels, pages, clock and the loop that joins them to `flows` and `storage`."""
