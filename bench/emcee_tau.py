"""Seconds that emcee takes for the autocorrelation time of a chain in memory: python3 emcee_tau.py FILE"""

import sys
import time

import emcee
import h5py

with h5py.File(sys.argv[1], "r") as f:
    chain = f["mcmc/chain"][:]
began = time.perf_counter()
emcee.autocorr.integrated_time(chain, quiet=True)
print(time.perf_counter() - began)
