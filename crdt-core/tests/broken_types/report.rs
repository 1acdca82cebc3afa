//! What a failure says.
