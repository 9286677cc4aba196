"""What every other room stands on: errors, settings, profiles, atomic files, parallel work with bars, the row cache, the run log."""
