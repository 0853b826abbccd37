"""From a plan that was agreed to a line that rings: applying plans, releases, numbers, the alta."""
