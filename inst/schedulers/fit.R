# The script of the jobs: exit status 0 when the run is done, 75 when another job has to go on, 1 after an error.
library(livechain)

log_prob <- function(x) -sum(x^2) / 2
init <- init_walkers(32, c(a = 0, b = 0), spread = 1)

done <- run_or_resume(log_prob, init, 1e5, file = "chain.h5", seed = 1)
quit(status = if (done) 0 else 75)
