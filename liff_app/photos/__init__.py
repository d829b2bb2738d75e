"""Photos: taken in, rebuilt from their pixels, kept, masked and let out."""
