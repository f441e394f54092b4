//! Sealed, content-addressed parts and judgement layers.
