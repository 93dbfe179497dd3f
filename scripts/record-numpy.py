"""Records what NumPy makes of the element-wise functions that numpy-golden.json does not cover.

python3 scripts/record-numpy.py: writes tests/unit/numpy/numpy-elementwise.json.gz, in the format of the golden cases;
an argument may also be null (clip) and kw may name the operator (outer). Made with NumPy 2.4.6, x86-64.
"""
import gzip
import json
import random
import warnings

import numpy as np

warnings.simplefilter("ignore")
rng = np.random.default_rng(7)
random.seed(7)

DTYPES = "bool int8 int16 int32 int64 uint8 uint16 uint32 uint64 float16 float32 float64 complex64 complex128".split()
UNARY = """negative positive absolute invert sqrt exp log log2 log10 sin cos tan floor ceil trunc sign square reciprocal
isnan isfinite logical_not""".split()
BINARY = """add subtract multiply divide floor_divide remainder power left_shift right_shift bitwise_and bitwise_or
bitwise_xor equal not_equal less less_equal greater greater_equal minimum maximum arctan2 hypot logical_and logical_or
logical_xor""".split()
SHAPES = [((5,), (5,)), ((3, 4), (4,)), ((2, 1, 3), (2, 1)), ((), (3,)), ((0,), (1,)), ((17,), (17,)), ((3,), (4,)), ((4, 1), (1, 6))]
INTEGERS = [0, 1, 2, 3, -1, -7, 100, 127, 128, 255, 256, 300, -129, 70000, 2**31, 2**53 + 1, 2**63 - 1, -(2**63), 2**70]
FLOATS = [0.5, 2.0, -3.5, 1e10, float("nan"), float("inf"), -0.0, 7.0]
SPECIAL = [0.0, -0.0, np.inf, -np.inf, np.nan, 1, -1, 0.5]


def floats(n, tame):
    values = rng.standard_normal(n) * 10 ** rng.integers(-2, 3, n).astype("f8")
    whole = rng.random(n) < 0.3
    values[whole] = np.round(values[whole])
    if not tame:
        special = rng.random(n) < 0.2
        values[special] = rng.choice(SPECIAL, special.sum())
    return values


def array(dtype, shape, tame=False):
    kind, n = np.dtype(dtype).kind, int(np.prod(shape))
    if kind == "b":
        values = rng.integers(0, 2, n).astype("?")
    elif kind == "f":
        values = floats(n, tame).astype(dtype)
    elif kind == "c":
        values = (floats(n, tame) + 1j * floats(n, tame)).astype(dtype)
    else:
        info = np.iinfo(dtype)
        values = rng.integers(info.min, info.max, n, dtype=dtype, endpoint=True)
        small = rng.random(n) < (1 if tame else 0.6)
        values[small] = rng.integers(-9 if kind == "i" else 0, 10, small.sum()).astype(dtype)
        if n and not tame:
            values[rng.integers(0, n)], values[rng.integers(0, n)] = info.min, info.max
    return values.reshape(shape)


def encoded(value):
    if value is None:
        return None
    if isinstance(value, (bool, int, float, complex)) and not isinstance(value, np.generic):
        return {"py": type(value).__name__, "value": scalar_value(value)}
    value = np.asarray(value)
    return {"dtype": value.dtype.name, "shape": list(value.shape), "hex": np.ascontiguousarray(value).tobytes().hex()}


def scalar_value(value):
    if isinstance(value, (bool, complex)):
        return [value.real, value.imag] if isinstance(value, complex) else value
    if isinstance(value, int):
        return str(value)
    if value != value:
        return "NaN"
    if abs(value) == float("inf"):
        return "Infinity" if value > 0 else "-Infinity"
    return "-0" if value == 0 and str(value)[0] == "-" else value


def some_scalar():
    return random.choice([random.choice(INTEGERS), random.choice(INTEGERS), random.choice(FLOATS), random.random() < 0.5, 1.5 - 2j])


EXACT = set("add subtract floor_divide remainder minimum maximum clip where round floor ceil trunc negative positive".split())


def comparison(op, result):
    if result.dtype.kind in "biu" or op in EXACT:
        return {"ulp": 0}
    eps = float(np.finfo(result.dtype).eps)
    finite = np.abs(result[np.isfinite(result)]) if result.ndim else np.abs(np.atleast_1d(result)[np.isfinite(np.atleast_1d(result))])
    largest = float(finite.max()) if finite.size and result.dtype.kind == "c" else 0.0
    return {"rtol": 16 * eps, "atol": 16 * eps * largest + 2 * float(np.finfo(result.dtype).smallest_subnormal)}


cases = []


def record(group, op, args, call, kw=None):
    case = {"id": f"e{len(cases)}", "group": group, "op": op, "args": [encoded(arg) for arg in args]}
    if kw:
        case["kw"] = kw
    try:
        result = call()
    except Exception as error:
        base = next(c for c in (TypeError, OverflowError, ValueError) if isinstance(error, c))
        case["error"] = {"type": type(error).__name__, "base": base.__name__, "message": str(error)}
    else:
        results = result if isinstance(result, tuple) else (result,)
        case["outs" if isinstance(result, tuple) else "out"] = [encoded(r) for r in results] if isinstance(result, tuple) else encoded(result)
        case["compare"] = comparison(op, np.asarray(results[0]))
    cases.append(case)


def exponents(a, b):
    """Small ones where integers would refuse or floats would overflow."""
    return np.abs(b % 16) if b.dtype.kind == "i" and a.dtype.kind in "iub" else b


def record_unary():
    for op in UNARY:
        for dtype in DTYPES:
            for shape in [(), (23,), (3, 5)]:
                a = array(dtype, shape)
                record("unary-functions", op, [a], lambda: getattr(np, op)(a))


def record_binary():
    for op in BINARY:
        function = getattr(np, op)
        for i in range(24):
            shape_a, shape_b = random.choice(SHAPES)
            dtype_a = random.choice(DTYPES)
            dtype_b = dtype_a if i % 3 == 0 else random.choice(DTYPES)
            a, b = array(dtype_a, shape_a, op == "power"), array(dtype_b, shape_b, op == "power")
            if op == "power":
                b = exponents(a, b)
            record("binary-functions", op, [a, b], lambda: function(a, b))
            x, dtype = some_scalar(), random.choice(DTYPES)
            left, right = random.choice([(a, x), (x, a)])
            if op != "power":
                record("weak-scalars", op, [left, right], lambda: function(left, right))
            record("dtype-option", op, [a, b], lambda: function(a, b, dtype=dtype), {"dtype": dtype})


def record_selection():
    for i in range(60):
        shape_a, shape_b = random.choice(SHAPES[:6] + SHAPES[7:])
        a, b = array(random.choice(DTYPES), shape_a), array(random.choice(DTYPES), shape_b)
        c, x, y = array(random.choice(DTYPES), random.choice([shape_a, shape_b, ()])), some_scalar(), some_scalar()
        record("where", "where", [c, a, b], lambda: np.where(c, a, b))
        record("where", "where", [c, a, x], lambda: np.where(c, a, x))
        record("clip", "clip", [a, b, x], lambda: np.clip(a, b, x))
        record("clip", "clip", [a, y, x], lambda: np.clip(a, y, x))
        record("clip", "clip", [a, None, x], lambda: np.clip(a, None, x))
        record("divmod", "divmod", [a, b], lambda: np.divmod(a, b))


def record_rounding():
    for dtype in DTYPES:
        for decimals in [0, 1, 2, -1, -2]:
            a = array(dtype, (3, 4), np.dtype(dtype).kind in "iu")
            record("round", "round", [a], lambda: np.round(a, decimals), {"decimals": decimals})


def record_outer():
    for op in [name for name in BINARY if name != "power"]:
        a, b = array(random.choice(DTYPES), random.choice([(2, 3), (4,), ()])), array(random.choice(DTYPES), random.choice([(2,), (1, 2), ()]))
        record("outer", "outer", [a, b], lambda: getattr(np, op).outer(a, b), {"op": op})


record_unary()
record_binary()
record_selection()
record_rounding()
record_outer()
text = json.dumps({"numpy": np.__version__, "cases": cases}, separators=(",", ":"))
with open("tests/unit/numpy/numpy-elementwise.json.gz", "wb") as file:
    file.write(gzip.compress(text.encode(), 9, mtime=0))
print(len(cases), "cases")
