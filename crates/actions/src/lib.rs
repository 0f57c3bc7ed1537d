//! Everything that can happen in Rejoinder, one file each.
