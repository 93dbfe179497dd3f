"""Records reductions from NumPy 2.4.6 (x86-64) for reduce.test.ts: python3 record-reductions.py

Inputs are formulas and layouts, results are bytes. Deterministic.
"""
import gzip
import json
import pathlib
import random
import warnings

import numpy as np

warnings.simplefilter('ignore')
random.seed(20)
DTYPES = 'bool int8 int16 int32 int64 uint8 uint16 uint32 uint64 float16 float32 float64 complex64 complex128'.split()
FLOATS = ['float16', 'float32', 'float64', 'complex64', 'complex128']


def elements(size, dtype):
    """Element i from u = (i * 1103515245 + 12345) mod 2^31: u / 2^31 - 0.25, or u mod 1000; complex ones take two."""
    count = size * (2 if dtype.startswith('complex') else 1)
    u = (np.arange(count, dtype=np.uint64) * 1103515245 + 12345) & 0x7FFFFFFF
    if dtype.startswith('complex'):
        parts = u / 2**31 - 0.25
        return (parts[0::2] + 1j * parts[1::2]).astype(dtype)
    if dtype.startswith('float'):
        return (u / 2**31 - 0.25).astype(dtype)
    return (u % 1000).astype(np.int64).astype(dtype)


def shuffled(shape, dtype):
    """A view of `shape`: axes permuted, some stepped, some backwards; with its layout."""
    steps = [random.choice([1, 1, 1, 2, -1]) for _ in shape]
    base = elements(int(np.prod([abs(s) * n for s, n in zip(steps, shape)], dtype=int)), dtype)
    whole = base.reshape([abs(s) * n for s, n in zip(steps, shape)])
    view = whole[tuple(slice(None, None, s) for s in steps)].transpose(random.sample(range(len(shape)), len(shape)))
    start = view.__array_interface__['data'][0] - base.__array_interface__['data'][0]
    layout = {
        'dtype': dtype,
        'size': base.size,
        'shape': view.shape,
        'strides': [s // base.itemsize for s in view.strides],
        'offset': start // base.itemsize if view.size else 0,
    }
    return view, layout


def recorded(result):
    result = np.asarray(result)
    return {'dtype': result.dtype.name, 'shape': result.shape, 'hex': np.ascontiguousarray(result).tobytes().hex()}


def shape_of(limit):
    lengths = [1, 2, 3, 4, 7, 8, 9, 17, 64, 129, 250]
    long = [1000, 4095, 4097, 5461, 5462, 8191, 8192, 8193, 20011]
    shape = [random.choice(long if random.random() < 0.3 else lengths) for _ in range(random.choice([1, 2, 2, 3, 3, 4]))]
    while np.prod(shape) > limit:
        at = shape.index(max(shape))
        shape[at] = max(1, shape[at] // 3)
    return shape


def axis_of(ndim):
    if random.random() < 0.35:
        return None
    return sorted(random.sample(range(ndim), random.randint(0, ndim)))


def reductions():
    for op in 'sum sum sum mean mean std var prod min max argmin argmax any all count_nonzero'.split():
        kept = 0
        while kept < 24:
            dtype = random.choice(FLOATS if op in ('sum', 'mean', 'std', 'var') and random.random() < 0.7 else DTYPES)
            view, layout = shuffled(shape_of(30000), dtype)
            axis, options = axis_of(view.ndim), {}
            if op.startswith('arg') and axis is not None:
                axis = random.randrange(view.ndim)
            if op in ('sum', 'prod', 'mean') and random.random() < 0.2:
                wanted = random.choice(['float32', 'float64', 'complex128'])
                if np.can_cast(dtype, wanted, 'same_kind'):
                    options['dtype'] = wanted
            if op in ('std', 'var') and random.random() < 0.3:
                options['ddof'] = 1
            isComplexProduct = op == 'prod' and np.iscomplexobj(view)  # NumPy's depends on the processor
            result = getattr(np, op)(view, axis=None if axis is None else axis if isinstance(axis, int) else tuple(axis), **options)
            if isComplexProduct or np.size(result) > 40:
                continue
            kept += 1
            yield {'op': op, 'input': layout, 'options': {'axis': axis, 'keepdims': False, **options}, 'out': recorded(result)}


def others():
    for _ in range(60):
        dtype = random.choice([d for d in DTYPES if not d.startswith('complex')] + FLOATS[:3])
        view, layout = shuffled(random.choice([[7], [3, 5], [4, 2, 3], [40]]), dtype)
        name, axis = random.choice(['add', 'multiply', 'minimum', 'maximum']), random.randrange(view.ndim)
        out = recorded(getattr(np, name).accumulate(view, axis=axis))
        yield {'op': 'accumulate', 'name': name, 'input': layout, 'options': {'axis': axis}, 'out': out}
    for _ in range(60):
        dtype = random.choice(['int16', 'int64', 'uint8', 'uint64', 'float16', 'float32', 'float64'])
        view, layout = shuffled(random.choice([[9], [300], [4, 7], [5, 3, 4]]), dtype)
        q, axis = random.choice([0, 50, 99.9, 12.5, [25, 75], [0, 33.3, 100]]), axis_of(view.ndim) or None
        method = random.choice(['linear', 'linear', 'lower', 'higher', 'midpoint', 'nearest'])
        out = recorded(np.percentile(view, q, axis=axis and tuple(axis), method=method, keepdims=True))
        options = {'axis': axis, 'method': method, 'keepdims': True}
        yield {'op': 'percentile', 'q': q, 'input': layout, 'options': options, 'out': out}
    for _ in range(40):
        dtype = random.choice([d for d in DTYPES if not d.startswith('complex')])
        view, layout = shuffled(random.choice([[1], [100], [30, 7]]), dtype)
        options = random.choice([{'bins': 7}, {'bins': 10, 'range': [0, 0.7]}, {'bins': [-0.1, 0, 0.3, 2, 500]}, {'bins': 1}])
        counts, edges = np.histogram(view, **options)
        yield {'op': 'histogram', 'input': layout, 'options': options, 'out': recorded(counts), 'edges': recorded(edges.astype('f8'))}


cases = [*reductions(), *others()]
path = pathlib.Path(__file__).with_name('numpy-reductions.json.gz')
path.write_bytes(gzip.compress(json.dumps({'numpy': np.__version__, 'cases': cases}).encode(), mtime=0))
print(len(cases), path.stat().st_size)
