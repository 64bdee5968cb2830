"""How often a reader kills emcee's sampler: python3 bench/emcee_readers.py [RUNS [SECONDS]]

A run samples into an HDFBackend for so many seconds, while another process opens the file, reads the last step and
closes it, 100 times a second, twice a second, or never. Prints how many of the samplers died.
"""

import multiprocessing
import os
import sys
import tempfile
import time

import emcee
import h5py
import numpy as np


def log_prob(x):
    return -0.5 * np.sum(x**2)


def sample(path, seconds):
    backend = emcee.backends.HDFBackend(path)
    backend.reset(32, 3)
    sampler = emcee.EnsembleSampler(32, 3, log_prob, backend=backend)
    end = time.monotonic() + seconds
    for _ in sampler.sample(np.random.randn(32, 3), iterations=10**7):
        if time.monotonic() > end:
            break


def sample_quietly(path, seconds):
    sys.stderr = open(os.devnull, "w")
    sample(path, seconds)


def look(path):
    try:
        with h5py.File(path, "r") as file:
            n = file["mcmc"].attrs["iteration"]
            file["mcmc/chain"][:n][-1:]
    except (OSError, KeyError):
        pass  # the sampler has the file


def dies(seconds, pause):
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "chain.h5")
        sampler = multiprocessing.Process(target=sample_quietly, args=(path, seconds))
        sampler.start()
        while sampler.is_alive():
            if pause is not None:
                look(path)
            time.sleep(pause or 0.1)
        return sampler.exitcode != 0


if __name__ == "__main__":
    n_runs = int(sys.argv[1]) if len(sys.argv) > 1 else 6
    seconds = float(sys.argv[2]) if len(sys.argv) > 2 else 10
    for name, pause in (("100 times a second", 0.01), ("twice a second", 0.5), ("never", None)):
        n_died = sum(dies(seconds, pause) for _ in range(n_runs))
        print(f"emcee {emcee.__version__}, a reader that looks {name}: the sampler died in {n_died} of {n_runs} runs")
