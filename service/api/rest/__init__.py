"""The REST face: one file per slice, all routes in one router."""
