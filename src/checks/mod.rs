//! Loads check YAML, evaluates CEL assertions over facts. Pure.
