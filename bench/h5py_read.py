"""Seconds that h5py takes to read a chain and its log-probabilities: python3 h5py_read.py FILE"""

import sys
import time

import h5py

began = time.perf_counter()
with h5py.File(sys.argv[1], "r") as f:
    chain = f["mcmc/chain"][:]
    log_prob = f["mcmc/log_prob"][:]
print(time.perf_counter() - began)
