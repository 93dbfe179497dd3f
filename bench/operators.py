# NumPy's side of bench/operators.mjs: memory-mapped arrays in a folder; for each name on stdin the milliseconds of one run.
import sys
import time
from math import isqrt
from os import path

import numpy as np

folder, byte_length = sys.argv[1], int(sys.argv[2])
side = isqrt(byte_length // 4)


def mapped(name, dtype, shape, values=0):
    array = np.memmap(path.join(folder, name), dtype=dtype, mode="w+", shape=shape)
    array.reshape(-1)[...] = values
    return array


index = np.arange(side * side, dtype="int32")
a = mapped("a", "float32", (side, side), index % 1000 / np.float32(7))
b = mapped("b", "float32", (side, side), index % 777 / np.float32(3))
out = mapped("out", "float32", (side, side))
mask = mapped("mask", "bool", (side, side))
wide = [mapped(f"wide{i}", "int64", byte_length // 8, np.arange(byte_length // 8)) for i in range(2)]
wide_out = mapped("wide_out", "int64", byte_length // 8)
narrow = [mapped(f"narrow{i}", "uint8", byte_length, 3) for i in range(2)]
narrow_out = mapped("narrow_out", "uint8", byte_length)
del index


def scaled():
    np.multiply(a, np.float32(2.5), out=out)
    np.add(out, np.float32(1), out=out)


def flush():
    for array in a, b, out, mask, *wide, wide_out, *narrow, narrow_out:
        array.flush()


workloads = {
    "flush": flush,
    "add(a, b, out)": lambda: np.add(a, b, out=out),
    "a * 2.5 + 1, out": scaled,
    "sum(a)": lambda: np.sum(a),
    "mean(a)": lambda: np.mean(a),
    "std(a)": lambda: np.std(a),
    "min(a)": lambda: np.min(a),
    "a > 0.5, out": lambda: np.greater(a, 0.5, out=mask),
    "sum(a, axis=0)": lambda: np.sum(a, axis=0),
    "sum(a, axis=1)": lambda: np.sum(a, axis=1),
    "a + b.T, out": lambda: np.add(a, b.T, out=out),
    "int64 add, out": lambda: np.add(*wide, out=wide_out),
    "uint8 add, out": lambda: np.add(*narrow, out=narrow_out),
}

print(f"NumPy {np.__version__}", flush=True)
for line in sys.stdin:
    started = time.perf_counter()
    workloads[line.strip()]()
    print((time.perf_counter() - started) * 1000, flush=True)
