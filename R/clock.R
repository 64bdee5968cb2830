# Seconds since some moment, by a clock that nobody sets, as that is by which R itself waits.
seconds_now <- function() native(livechain_seconds)

pause <- function(seconds) invisible(native(livechain_pause, seconds))
