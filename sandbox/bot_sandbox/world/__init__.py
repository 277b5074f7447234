"""What the worlds of all platforms share: time, random values, snapshots and transcripts."""
