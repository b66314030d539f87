"""What the site has declared: policy files in, declarations out."""
