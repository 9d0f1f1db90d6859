"""What everybody did, laid on one map: at which step each event is, by the rule for one contact."""
