//! The one strict reader of what people write: positions, budgets, help.
