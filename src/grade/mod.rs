//! Item results become rates, risks and a conclusion, by named models. Pure.
