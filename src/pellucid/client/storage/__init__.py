"""Files by their address: in folders, on file servers, in object stores (seed, Setting Upload Destination)."""
