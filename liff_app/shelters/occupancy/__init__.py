"""What is known of a place in a disaster, and the only way to change it: changes that add up."""
