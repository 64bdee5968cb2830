"""Makes files in which one object of a good HDF5 file is replaced by a wrong one.

python3 craft.py ORIGINAL FOLDER VICTIM PART OF    writes FOLDER/<number>.h5 for every OF-th pair of an object and a kind of
wrong, from PART on, and FOLDER/names with a line for each. VICTIM is another HDF5 file, which is only pointed to.
"""

import os
import shutil
import sys

import h5py
import numpy as np

huge = (1 << 40, 3)


def dataset(parent, name, **arguments):
    parent.create_dataset(name, **arguments)


def external(parent, name, victim):
    plist = h5py.h5p.create(h5py.h5p.DATASET_CREATE)
    plist.set_external(victim.encode(), 0, 8 * 64)
    space = h5py.h5s.create_simple((64,))
    h5py.h5d.create(parent.id, name.encode(), h5py.h5t.NATIVE_DOUBLE, space, plist)


def virtual(parent, name, of):
    layout = h5py.VirtualLayout(shape=(8, 8), dtype="f8")
    layout[:, :] = h5py.VirtualSource(of, "mcmc/chain", shape=(8, 8))
    parent.create_virtual_dataset(name, layout)


def nested(parent, name):
    group = parent.create_group(name)
    for _ in range(300):
        group = group.create_group("a")


def crowded(parent, name):
    group = parent.create_group(name)
    for i in range(3000):
        group.attrs["a%d" % i] = i
        group.create_group("g%d" % i)


def linked(parent, name, link):
    parent[name] = link


def looped(parent, name):
    parent.create_group(name)[name] = h5py.SoftLink(parent.name)
    parent[name]["up"] = parent


object_kinds = {
    "missing": lambda parent, name, victim: None,
    "group": lambda parent, name, victim: parent.create_group(name),
    "scalar": lambda parent, name, victim: dataset(parent, name, data=1.0),
    "empty": lambda parent, name, victim: dataset(parent, name, data=h5py.Empty("f8")),
    "no rows": lambda parent, name, victim: dataset(parent, name, shape=(0, 2), dtype="f8"),
    "text": lambda parent, name, victim: dataset(parent, name, data="\033[31m<b>text</b>"),
    "texts": lambda parent, name, victim: dataset(parent, name, data=["a", "b"]),
    "integers": lambda parent, name, victim: dataset(parent, name, data=np.arange(64, dtype="i4").reshape(8, 8)),
    "big-endian": lambda parent, name, victim: dataset(parent, name, data=np.ones((60, 20, 2), ">f8")),
    "complex": lambda parent, name, victim: dataset(parent, name, data=np.ones((60, 20, 2), "c16")),
    "structs": lambda parent, name, victim: dataset(parent, name, data=np.zeros(9, [("a", "i4"), ("b", "S7")])),
    "opaque": lambda parent, name, victim: dataset(parent, name, data=np.zeros(9, "V16")),
    "ragged": lambda parent, name, victim: dataset(parent, name, shape=(4,), dtype=h5py.vlen_dtype("f8")),
    "references": lambda parent, name, victim: dataset(parent, name, shape=(4,), dtype=h5py.ref_dtype),
    "huge": lambda parent, name, victim: dataset(parent, name, shape=huge, dtype="f8", chunks=(1 << 16, 3)),
    "huge compressed": lambda parent, name, victim: dataset(parent, name, shape=huge, dtype="f8", chunks=(1 << 20, 3), compression=9),
    "many dimensions": lambda parent, name, victim: dataset(parent, name, shape=(2,) * 20, dtype="f8"),
    "external": external,
    "virtual": virtual,
    "virtual of itself": lambda parent, name, victim: virtual(parent, name, "."),
    "dangling": lambda parent, name, victim: linked(parent, name, h5py.SoftLink("/nowhere")),
    "of itself": lambda parent, name, victim: linked(parent, name, h5py.SoftLink(parent.name + "/" + name)),
    "elsewhere": lambda parent, name, victim: linked(parent, name, h5py.ExternalLink(victim, "/mcmc")),
    "root": lambda parent, name, victim: linked(parent, name, parent["/"]),
    "looped": lambda parent, name, victim: looped(parent, name),
    "nested": lambda parent, name, victim: nested(parent, name),
    "crowded": lambda parent, name, victim: crowded(parent, name),
}

attribute_kinds = {
    "missing": None,
    "negative": -1,
    "zero": 0,
    "one": 1,
    "huge": np.uint64(2**64 - 1),
    "nan": float("nan"),
    "text": "\033[31m<b>text</b>",
    "texts": ["a"] * 1000,
    "long": np.zeros(7000),
    "empty": h5py.Empty("i8"),
    "struct": np.zeros((), [("a", "i4"), ("b", "S7")]),
}


def places(original):
    """Every object and every attribute of a file."""
    found = []
    with h5py.File(original, "r") as file:
        file.visit(lambda name: found.append((name, None)))
        for name in [""] + [name for name, _ in found]:
            found += [(name, attribute) for attribute in file[name or "/"].attrs]
    return found


def cases(original):
    for name, attribute in places(original):
        for kind in object_kinds if attribute is None else attribute_kinds:
            yield name, attribute, kind


def craft(path, name, attribute, kind, victim):
    with h5py.File(path, "r+") as file:
        if attribute is None:
            parent, _, last = name.rpartition("/")
            parent = file[parent or "/"]
            del parent[last]
            object_kinds[kind](parent, last, victim)
        else:
            del file[name or "/"].attrs[attribute]
            if attribute_kinds[kind] is not None:
                file[name or "/"].attrs[attribute] = attribute_kinds[kind]


def main(original, folder, victim, part, of):
    with open(os.path.join(folder, "names"), "w") as names:
        for i, case in list(enumerate(cases(original)))[int(part)::int(of)]:
            path = os.path.join(folder, "%d.h5" % i)
            shutil.copyfile(original, path)
            craft(path, *case, victim)
            names.write("%s\t%s %s %s\n" % (path, case[0], case[1] or "", case[2]))


main(*sys.argv[1:])
