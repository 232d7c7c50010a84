"""Reading the log again: a case as it was at any instant, its story, and every decision made anew to compare."""
