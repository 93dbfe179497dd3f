// Types of arrays: dtypes are inferred, narrowed and kept apart. Compiled, never run.
import {
  type ArrayView,
  type Disk,
  DiskBackedNDArray,
  type DType,
  NDArray,
  type Scalar,
  slice,
  type TypedArray,
} from '../../src/index.js'
import { holds, type Same } from './expect-type.js'

export async function inference(disk: Disk): Promise<void> {
  const floats = await disk.array([1, 2], { dtype: 'float32' })
  holds<Same<typeof floats, DiskBackedNDArray<'float32'>>>()
  holds<Same<Awaited<ReturnType<typeof floats.data>>, Float32Array>>()
  holds<Same<Awaited<ReturnType<typeof floats.item>>, number>>()
  holds<Same<Awaited<ReturnType<typeof floats.get>>, NDArray<'float32'>>>()

  const longs = await disk.zeros([2, 2], 'int64')
  holds<Same<Awaited<ReturnType<typeof longs.item>>, bigint>>()
  const whole = await longs.toArray()
  holds<Same<typeof whole, BigInt64Array>>()
  const bytes = await longs.toArray({ dtype: 'uint8' })
  holds<Same<typeof bytes, Uint8Array>>()

  const flags = await disk.full([2], true, 'bool')
  holds<Same<Awaited<ReturnType<typeof flags.item>>, boolean>>()
  const waves = await disk.full([2], { re: 1, im: 0 }, 'complex64')
  holds<Same<Scalar<'complex64'>, Awaited<ReturnType<typeof waves.item>>>>()

  const any = await disk.openArray('a')
  holds<Same<typeof any, DiskBackedNDArray<DType>>>()
  if (any.is('int16')) holds<Same<Awaited<ReturnType<typeof any.data>>, Int16Array>>()
  const known = await disk.openArray('a', { dtype: 'int16' })
  holds<Same<typeof known, DiskBackedNDArray<'int16'>>>()

  const view = floats.view([slice(0, 1)]).transpose()
  holds<Same<typeof view, ArrayView<'float32'>>>()
  holds<Same<typeof view.base, DiskBackedNDArray<'float32'>>>()
  const cast = await view.astype('int8')
  holds<Same<typeof cast, NDArray<'int8'>>>()
  const length = await floats.use((data) => data.length)
  holds<Same<typeof length, number>>()
  for await (const { array } of floats.blocks()) holds<Same<typeof array, NDArray<'float32'>>>()

  await floats.set([0], 1)
  await floats.set([0], view)
  await floats.set([null, slice(1)], new Float64Array(2))
  await floats.set([0], NDArray.from([1]))
  await disk.array(view)
  await disk.array(floats)
  await disk.array(new Blob([]).stream(), { shape: [1], dtype: 'int8' })
  await disk.array({ data: new Int8Array(2), shape: [2], stride: [1] })

  // @ts-expect-error: no such dtype
  await disk.zeros([1], 'float128')
  // @ts-expect-error: the value is none of that dtype
  await disk.full([1], 1n, 'float32')
  // @ts-expect-error: a view is read-only
  view.set([0], 1)
  // @ts-expect-error: no masks
  await floats.get([true])
  // @ts-expect-error: no strings
  await floats.get(['0:1'])
  // @ts-expect-error: copies only
  await floats.toArray({ copy: false })
  // @ts-expect-error: made by create()
  new DiskBackedNDArray()
  // @ts-expect-error: of another dtype
  await floats.getMany([[0]], { into: new Float64Array(2) })
  // @ts-expect-error: opened in r or r+
  await disk.openArray('a', { mode: 'c' })
  // @ts-expect-error: no such option
  await disk.array([1], { cachepath: 'a' })
  // @ts-expect-error: frozen
  floats.attributes['a'] = 1
  // @ts-expect-error: a shape is read-only
  floats.shape[0] = 1
}

holds<Same<TypedArray<'bool'>, Uint8Array>>()
holds<Same<TypedArray<'complex128'>, Float64Array>>()
holds<Same<Scalar<'uint64'>, bigint>>()
