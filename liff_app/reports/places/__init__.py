"""Where a report lies: whose town it is, and the numbered things that stand there."""
