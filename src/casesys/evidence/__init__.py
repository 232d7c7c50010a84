"""Evidence: the exact bytes of a leaf and the Merkle tree over them."""
