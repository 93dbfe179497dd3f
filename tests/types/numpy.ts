// NumPy's functions and methods have the signatures that were agreed on, and give what `out` and laziness make of them.
import type { ArrayView, DiskBackedNDArray, LazyDiskCache, NDArray } from '../../src/index.js'
import * as numpy from '../../src/numpy.js'
import type * as numpySync from '../../src/numpy-sync.js'
import type { BinaryName, ComputingName, UnaryName } from '../../src/operators/names.js'
import type * as Agreed from './contract/numpy.js'
import { holds, type Same } from './expect-type.js'

type Fits<Actual, Expected> = [Actual] extends [Expected] ? true : false
type Entry = typeof numpy
type Reductions = Exclude<ComputingName, 'accumulate' | 'histogram' | 'percentile' | 'matmul'>

holds<Fits<{ [N in BinaryName | 'matmul']: Entry[N] }, { [N in BinaryName | 'matmul']: Agreed.Plain2 & Agreed.Out2 }>>()
holds<Fits<{ [N in BinaryName]: Entry[N] }, { [N in BinaryName]: Agreed.Lazy2 }>>()
holds<Fits<{ [N in UnaryName]: Entry[N] }, { [N in UnaryName]: Agreed.Plain1 & Agreed.Out1 & Agreed.Lazy1 }>>()
holds<Fits<{ [N in Reductions]: Entry[N] }, { [N in Reductions]: Agreed.Reduction }>>()
holds<Fits<Entry['divmod'], Agreed.divmod>>()
holds<Fits<Entry['accumulate'], Agreed.accumulate>>()
holds<Fits<Entry['where'], Agreed.where>>()
holds<Fits<Entry['clip'], Agreed.clip>>()
holds<Fits<Entry['round'], Agreed.round>>()
holds<Fits<Entry['histogram'], Agreed.histogram>>()
holds<Fits<Entry['percentile'], Agreed.percentile>>()
holds<Fits<Entry['scalar'], Agreed.scalar>>()
holds<Fits<Entry['lazy'], Agreed.lazy>>()
holds<Fits<numpy.LazyArray<'int8'>, Agreed.LazyArrayMembers<'int8'>>>()
holds<Fits<Agreed.Operand, numpy.Operand>>()
holds<Fits<numpy.WeakOrStrongScalar, Agreed.WeakOrStrongScalar>>()
holds<Fits<Agreed.Out, numpy.Out>>()
/** The same names in both entries, but for what is lazy. */
holds<Same<Exclude<keyof Entry, 'lazy' | 'LazyArray'>, keyof typeof numpySync>>()
/** Every function is a method of arrays and of lazy expressions. */
type Names = Exclude<keyof Entry, 'lazy' | 'LazyArray' | 'scalar'>
holds<Fits<Names, keyof DiskBackedNDArray>>()
holds<Fits<Names, keyof numpy.LazyArray>>()

export async function results(
  a: DiskBackedNDArray<'float32'>,
  view: ArrayView<'float32'>,
  memory: NDArray<'int8'>,
  cloud: LazyDiskCache,
): Promise<void> {
  const fresh = await numpy.add(a, view)
  holds<Same<typeof fresh, NDArray>>()
  const out = await numpy.add(1, cloud, { out: a })
  holds<Same<typeof out, DiskBackedNDArray<'float32'>>>()
  const [q, r] = await a.divmod(memory, { out: [a, memory] })
  holds<Same<[typeof q, typeof r], [DiskBackedNDArray<'float32'>, NDArray<'int8'>]>>()
  const lazy = numpy.lazy(a)
  holds<Same<typeof lazy, numpy.LazyArray<'float32'>>>()
  const [later, method, pair] = [numpy.subtract(2, lazy), a.multiply(lazy), numpy.divmod(lazy, 2)]
  holds<Same<typeof later, numpy.LazyArray>>()
  holds<Same<typeof method, numpy.LazyArray>>()
  holds<Same<typeof pair, [numpy.LazyArray, numpy.LazyArray]>>()
  const values = await lazy.evaluate()
  holds<Same<typeof values, NDArray<'float32'>>>()
  const into = await lazy.sqrt().evaluate({ out: a })
  holds<Same<typeof into, DiskBackedNDArray<'float32'>>>()
  const place = await a.argmax()
  holds<Same<typeof place, number | NDArray>>()
  const cast = await view.astype('int16')
  holds<Same<typeof cast, NDArray<'int16'>>>()
  const castInto = await a.astype('int16', { out: memory })
  holds<Same<typeof castInto, NDArray<'int8'>>>()
  await numpy.sum([1, 2], { axis: 0 })
  // @ts-expect-error: a view of an array on disk is read-only
  await a.add(1, { out: view })
  // @ts-expect-error: no such operator
  await a.accumulate('divide')
  // @ts-expect-error: two operands
  await numpy.outer('sqrt', a, a)
  // @ts-expect-error: not thenable
  lazy.then
  // @ts-expect-error: no operand
  await numpy.add(a, 'a')
}
