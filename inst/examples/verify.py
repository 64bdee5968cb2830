"""Verifies a file of livechain by what vignette("file-format") says, without livechain: python3 verify.py chain.h5

Prints for each run its name, how many steps are published, and how many of them, from the first on, are what was
written. Fails when not all are, or anything else is wrong. Needs h5py, numpy and xxhash. The file may be written to.
"""
import sys

import h5py
import numpy as np
from xxhash import xxh3_64_intdigest as x

NOT_FACTS = ["progress", "heartbeat", "places", "request", "lost_workers", "checksum", "states", "chunks",
             "initial", "format", "initial_log_prob", "initial_blobs", "initial_checksum", "identity", "facts_checksum"]


def integers(*values):
    return np.array(values, "<i8").tobytes()


def fact_bytes(value):
    if isinstance(value, bytes):
        return b"s" + value + b"\0"
    if value.ndim == 0:
        return (b"i" if value.dtype.kind == "i" else b"d") + value.tobytes()
    if value.dtype.kind == "S":
        return b"t" + integers(len(value)) + b"".join(text + b"\0" for text in value.tolist())
    return b"a" + integers(value.ndim, *value.shape) + value.tobytes()


def facts_of(group, prefix=b""):
    facts = {prefix + name.encode(): value for name, value in group.attrs.items() if name not in NOT_FACTS}
    for name in group:
        if name not in NOT_FACTS:
            key, item = prefix + name.encode(), group[name]
            facts.update(facts_of(item, key + b"/") if isinstance(item, h5py.Group) else {key: item[()]})
    return facts


def right_rows(cells, identity):
    return [row for row in cells if x(row[:-1].tobytes(), identity) == row.view("<u8")[-1]]


def step_checksum(step, rows, identity):
    checksum = x(integers(step), identity)
    for row in rows:  # of chain, log_prob and, where there are blobs, blobs
        checksum = x(row.tobytes(), checksum)
    return checksum


def verify(run):
    own = run["livechain"]
    identity, stored = (int(own.attrs[name]) % 2**64 for name in ("identity", "facts_checksum"))
    facts = b"".join(name + b"\0" + fact_bytes(value) for name, value in sorted(facts_of(own).items()))
    assert x(facts, identity) == stored, "the facts are not what was written"
    if "initial" in own:
        start = [own[name][()] for name in ("initial", "initial_log_prob", "initial_blobs") if name in own]
        stored = int(own.attrs["initial_checksum"]) % 2**64
        assert step_checksum(0, start, identity) == stored, "the start is not what was written"
    progress, beats = (right_rows(own[name][()], identity) for name in ("progress", "heartbeat"))
    assert progress and beats, "no row of progress, or no beat, is what was written"
    n_steps = int(max(progress, key=lambda row: row[0])[1])
    if "chunks" in own:
        n_chunks = -(-n_steps // int(own.attrs["steps_per_chunk"]))
        right = right_rows(own["chunks"][:n_chunks], identity)
        assert len(right) == n_chunks, "where the chunks are is not what was written"
    return n_steps, count_right(run, own, n_steps, identity)


def count_right(run, own, n_steps, identity):
    datasets = [run[name] for name in ("chain", "log_prob", "blobs") if name in run]
    for first in range(0, n_steps, 1000):
        rows = [dataset[first:min(first + 1000, n_steps)] for dataset in datasets + [own["checksum"]]]
        for i, checksum in enumerate(rows.pop()):
            if step_checksum(first + i + 1, [part[i] for part in rows], identity) != checksum:
                return first + i
    return min(n_steps, *map(len, datasets), len(own["checksum"]))


def open_to_read(path):
    try:
        return h5py.File(path, "r")
    except OSError:  # it is being written, or was when its writer died
        return h5py.File(path, "r", swmr=True)


if __name__ == "__main__":
    with open_to_read(sys.argv[1]) as file:
        runs = [name for name in file if "livechain" in file[name]]
        results = [(name, *verify(file[name])) for name in runs]
    print(*("%s %d %d" % result for result in results), sep="\n")
    sys.exit(any(n_right < n_steps for _, n_steps, n_right in results))
