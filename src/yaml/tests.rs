//! What the reader promises to every file type.
