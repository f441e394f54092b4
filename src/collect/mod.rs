//! The only code that touches hosts, sockets and foreign files: assets in, artifacts out.
