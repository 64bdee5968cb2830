"""Steps per second of emcee on a standard normal density: python3 emcee_steps.py FILE|- N_WALKERS N_PARAMETERS N_STEPS VECTORIZE"""

import sys
import time

import emcee
import numpy as np

path, n_walkers, n_parameters, n_steps, vectorize = sys.argv[1], *map(int, sys.argv[2:6])


def log_prob(x):
    return -0.5 * np.sum(x**2)


def log_prob_vectorized(x):
    return -0.5 * np.sum(x**2, axis=1)


backend = None
if path != "-":
    backend = emcee.backends.HDFBackend(path)
    backend.reset(n_walkers, n_parameters)
sampler = emcee.EnsembleSampler(
    n_walkers, n_parameters, log_prob_vectorized if vectorize else log_prob, vectorize=bool(vectorize), backend=backend
)
start = np.random.default_rng(1).normal(size=(n_walkers, n_parameters))
state = sampler.run_mcmc(start, 10)
began = time.perf_counter()
sampler.run_mcmc(state, n_steps)
print(n_steps / (time.perf_counter() - began))
