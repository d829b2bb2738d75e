"""What an applicant sees of a submission afterwards."""
