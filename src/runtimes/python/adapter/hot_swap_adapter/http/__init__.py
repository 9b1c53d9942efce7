"""What becomes of connections and of the requests on them."""
