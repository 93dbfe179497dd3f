"""Writes random calls of operators, and what NumPy gives, to standard output: python3 random-cases.py SEED COUNT."""
import base64, json, random, sys, warnings
import numpy as np

warnings.simplefilter('ignore')
seed, count = int(sys.argv[1]), int(sys.argv[2])
R, rng = random.Random(seed), np.random.default_rng(seed)
DTYPES = ['bool', 'int8', 'int16', 'int32', 'int64', 'uint8', 'uint16', 'uint32', 'uint64', 'float16', 'float32', 'float64', 'complex64', 'complex128']
BINARY = {
    'add': np.add, 'subtract': np.subtract, 'multiply': np.multiply, 'divide': np.divide, 'floorDivide': np.floor_divide,
    'mod': np.remainder, 'bitwiseAnd': np.bitwise_and, 'bitwiseOr': np.bitwise_or, 'bitwiseXor': np.bitwise_xor,
    'leftShift': np.left_shift, 'rightShift': np.right_shift, 'equal': np.equal, 'notEqual': np.not_equal, 'less': np.less,
    'lessEqual': np.less_equal, 'greater': np.greater, 'greaterEqual': np.greater_equal, 'minimum': np.minimum,
    'maximum': np.maximum, 'logicalAnd': np.logical_and, 'logicalOr': np.logical_or, 'logicalXor': np.logical_xor,
}
UNARY = {
    'negative': np.negative, 'positive': np.positive, 'absolute': np.absolute, 'invert': np.invert, 'floor': np.floor,
    'ceil': np.ceil, 'trunc': np.trunc, 'sign': np.sign, 'square': np.square, 'isnan': np.isnan, 'isfinite': np.isfinite,
    'logicalNot': np.logical_not, 'sqrt': np.sqrt,
}
REDUCTIONS = {
    'sum': np.sum, 'prod': np.prod, 'mean': np.mean, 'std': np.std, 'var': np.var, 'min': np.min, 'max': np.max,
    'argmin': np.argmin, 'argmax': np.argmax, 'any': np.any, 'all': np.all, 'countNonzero': np.count_nonzero,
}
FUSED = ['add', 'subtract', 'multiply', 'minimum', 'maximum', 'less', 'equal', 'logicalOr', 'divide']
SCALARS = [0, 1, 2, -1, 3, 300, -129, 70000, 0.5, 2.5, -1.5, True]


def random_shape(ndim=None):
    ndim = R.choice([0, 1, 1, 2, 2, 3, 4, 5, 6]) if ndim is None else ndim
    most = [1, 40, 9, 5, 4, 3, 3][ndim]
    return tuple(R.choice([1, R.randint(1, most), R.randint(1, most), 0 if R.random() < .05 else 2]) for _ in range(ndim))


def random_array(shape, name):
    n, dtype = int(np.prod(shape)), np.dtype(name)
    if dtype.kind == 'b':
        return rng.integers(0, 2, n).astype(bool).reshape(shape)
    if dtype.kind in 'iu':
        info = np.iinfo(dtype)
        a = np.where(rng.random(n) < .7, rng.integers(-9 if dtype.kind == 'i' else 0, 10, n), 0).astype(dtype)
        extreme = rng.random(n) < .1
        a[extreme] = rng.integers(info.min, info.max, extreme.sum(), dtype=dtype, endpoint=True)
        return a.reshape(shape)

    def floats():
        x, kind = np.round(rng.standard_normal(n) * 8) / 4, rng.random(n)
        for nth, value in enumerate([np.nan, np.inf, -np.inf, -0.0]):
            x[(kind >= .03 * nth) & (kind < .03 * nth + .03)] = value
        fine = (kind > .15) & (kind < .5)
        x[fine] = rng.standard_normal(fine.sum())
        return x

    return (floats() + 1j * floats() if dtype.kind == 'c' else floats()).astype(dtype).reshape(shape)


def viewed(a, steps):
    """The array seen through the steps, as the test takes them too."""
    for kind, given in steps:
        if kind == 'slice':
            a = a[tuple(slice(*part) for part in given)]
        elif kind == 'transpose':
            a = a.transpose(given)
        elif kind == 'index':
            a = a[given]
        else:
            a = np.broadcast_to(a, given)
    return a


def random_steps(a):
    steps = []
    for _ in range(R.randint(0, 3)):
        v = viewed(a, steps)
        kind = R.choice(['slice', 'slice', 'transpose', 'index', 'broadcast'])
        if kind == 'slice' and v.ndim:
            def bound(length): return R.choice([None, None, None, *range(-length - 1, length + 2)])
            steps.append([kind, [[bound(n), bound(n), R.choice([None, 1, 2, -1, -2, 3])] if R.random() < .5 else [None, None, None] for n in v.shape]])
        elif kind == 'transpose' and v.ndim:
            steps.append([kind, R.sample(range(v.ndim), v.ndim)])
        elif kind == 'index' and v.ndim > 2 and v.shape[0] > 0:
            steps.append([kind, R.randrange(-v.shape[0], v.shape[0])])
        elif kind == 'broadcast' and v.ndim < 6:
            steps.append([kind, [R.randint(1, 2), *(R.randint(1, 3) if n == 1 else n for n in v.shape)]])
    return steps


def packed(a):
    data = base64.b64encode(np.ascontiguousarray(a).tobytes()).decode()
    return {'dtype': a.dtype.name, 'shape': list(a.shape), 'data': data}


class Operands:
    """What a call takes: arrays as they lie, and how they are seen."""

    def __init__(self):
        self.packed, self.views = [], []

    def add(self, shape=None, dtype=None, ndim=None):
        a = random_array(random_shape(ndim) if shape is None else shape, dtype or R.choice(DTYPES))
        steps = random_steps(a)
        self.packed.append({**packed(a), 'steps': steps})
        self.views.append(viewed(a, steps))
        return self.views[-1]

    def beside(self, v, dtype=None):
        """One that mostly broadcasts with it."""
        shape = [n if R.random() < .7 else 1 for n in v.shape]
        return self.add(tuple(shape[R.randint(0, len(shape)) if R.random() < .4 else 0:]), dtype)


def castable(a):
    """Dtypes: what becomes of a float past an integer's range is anybody's."""
    return DTYPES[-5:] if a.dtype.kind in 'fc' else DTYPES


def reduction(v):
    op = R.choice(list(REDUCTIONS))
    options = {}
    if v.ndim and R.random() < .8:
        some = sorted(R.sample(range(v.ndim), R.randint(0 if op != 'countNonzero' else 1, v.ndim)))
        single = op in ('argmin', 'argmax') or len(some) == 1 and R.random() < .7
        options['axis'] = R.randrange(-v.ndim, v.ndim) if single else some
    if R.random() < .4:
        options['keepdims'] = True
    if op in ('std', 'var') and R.random() < .5:
        options['ddof'] = R.randint(0, 3)
    if op in ('sum', 'prod') and R.random() < .3:
        options['dtype'] = R.choice(castable(v)[1:])
    given = {name: tuple(value) if isinstance(value, list) else value for name, value in options.items()}
    return {'op': op, 'options': options}, lambda: REDUCTIONS[op](v, **given)


def fused(a, b, c):
    first, second, third = (R.choice(FUSED) for _ in range(3))
    reduced = R.choice([None, None, 'sum', 'max', 'mean', 'any'])

    def compute():
        value = BINARY[third](BINARY[first](a, b), BINARY[second](c, a))
        return value if reduced is None else REDUCTIONS[reduced](value)

    return {'ops': [first, second, third], 'reduced': reduced}, compute


def in_place(o):
    """An array and another view of it, into the array."""
    a = random_array(random_shape(R.randint(1, 4)), R.choice(DTYPES))
    steps, op = random_steps(a), R.choice(list(BINARY))
    o.packed.append({**packed(a), 'steps': []})
    return {'op': op, 'steps': steps}, lambda: BINARY[op](a, viewed(a, steps), out=a)


def random_call(kind, o):
    if kind == 'in place':
        return in_place(o)
    if kind == 'outer':
        a, b, op = o.add(ndim=R.randint(0, 2)), o.add(ndim=R.randint(0, 2)), R.choice(list(BINARY))
        return {'op': op}, lambda: BINARY[op].outer(a, b)
    if kind == 'matmul':
        a, b = o.add(ndim=R.randint(1, 4), dtype=R.choice(DTYPES[1:9])), None
        shape = (*a.shape[:R.randint(0, a.ndim - 2)], a.shape[-1], R.randint(1, 6)) if a.ndim > 1 and R.random() < .5 else (a.shape[-1], R.randint(1, 6))
        b = random_array(shape, R.choice(DTYPES[1:9]))
        o.packed.append({**packed(b), 'steps': []})
        return {}, lambda: np.matmul(a, b)
    a, op = o.add(), R.choice(list(BINARY))
    if kind == 'binary':
        b = o.beside(a) if R.random() < .9 else o.add()
        return {'op': op}, lambda: BINARY[op](a, b)
    if kind == 'scalar':
        scalar, is_first = R.choice(SCALARS), R.random() < .5
        return {'op': op, 'scalar': scalar, 'isFirst': is_first}, lambda: BINARY[op](scalar, a) if is_first else BINARY[op](a, scalar)
    if kind == 'unary':
        op = R.choice(list(UNARY))
        return {'op': op}, lambda: UNARY[op](a)
    if kind == 'reduction':
        return reduction(a)
    if kind == 'where':
        x, y = o.beside(a), o.beside(a)
        return {}, lambda: np.where(a, x, y)
    if kind == 'clip':
        low, high = o.beside(a, a.dtype.name), o.beside(a, a.dtype.name)
        return {}, lambda: np.clip(a, low, high)
    if kind == 'accumulate' and a.ndim > 0:
        op, axis = R.choice(['add', 'multiply', 'minimum', 'maximum']), R.randrange(-a.ndim, a.ndim)
        return {'op': op, 'axis': axis}, lambda: BINARY[op].accumulate(a, axis=axis)
    if kind == 'astype':
        to = R.choice(castable(a))
        return {'dtype': to}, lambda: a.astype(to)
    if kind == 'fused':
        return fused(a, o.beside(a), o.beside(a))
    return None


def result_of(compute):
    try:
        return packed(np.asarray(compute()))
    except (TypeError, ValueError, OverflowError, IndexError) as error:
        return {'error': str(error)}


KINDS = ['binary', 'binary', 'binary', 'unary', 'reduction', 'reduction', 'reduction', 'scalar', 'where', 'clip', 'accumulate', 'outer', 'astype', 'fused', 'in place', 'matmul']
cases = []
while len(cases) < count:
    operands, kind = Operands(), R.choice(KINDS)
    call = random_call(kind, operands)
    if call is None:
        continue
    cases.append({'kind': kind, 'operands': operands.packed, **call[0], 'gives': result_of(call[1])})
json.dump(cases, sys.stdout)
