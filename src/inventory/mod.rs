//! Systems, subsites, assets and authorisation.
