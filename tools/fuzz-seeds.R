# Rscript tools/fuzz-seeds.R FOLDER   writes small files of each kind there
library(livechain)
folder <- commandArgs(TRUE)[1]
at <- function(name) file.path(folder, paste0(name, ".h5"))
set.seed(1)
init <- matrix(stats::rnorm(8), 4)
normal <- function(x) -sum(x^2) / 2

run_mcmc(normal, init, 20, file = at("plain"), seed = 1)
run_mcmc(normal, init, 20, file = at("compressed"), seed = 1, compression = 4)
run_mcmc(normal, init, 20, file = at("old"), seed = 1, swmr = FALSE)
run_mcmc(function(x) list(normal(x), radius = sum(x^2), name = "a"), init, 20, file = at("blobs"), seed = 1)
run_mcmc(normal, init, 5, file = at("two"), name = "first", seed = 1)
run_mcmc(normal, init, 5, file = at("two"), name = "second", seed = 1, moves = move_dime())

# As emcee writes them.
system2("/usr/bin/python3", c("-", at("emcee"), at("emcee-small")), input = "
import sys, emcee, numpy
def run(path, blobs_dtype, **options):
    backend = emcee.backends.HDFBackend(path, **options)
    density = lambda x: (-(x**2).sum() / 2, x[0], 1)
    sampler = emcee.EnsembleSampler(4, 2, density, backend=backend, blobs_dtype=blobs_dtype)
    sampler.run_mcmc(numpy.random.default_rng(1).normal(size=(4, 2)), 20)
run(sys.argv[1], [('a', float), ('b', int)])
run(sys.argv[2], None, compression='gzip', dtype='float32')
")

# As a process leaves it that is killed.
child <- parallel:::mcfork(estranged = TRUE)
if (inherits(child, "masterProcess")) {
  slow <- function(x) {
    Sys.sleep(0.01)
    normal(x)
  }
  run_mcmc(slow, init, 100, file = at("killed"), seed = 1, flush_interval = 0)
}
while (!file.exists(at("killed")) || chain_status(at("killed"))$n_steps < 5) Sys.sleep(0.001)
tools::pskill(child$pid, 9)
