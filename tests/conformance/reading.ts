// Reading: selections, many at once, single elements, blocks, whole arrays, views.
import { type DiskBackedNDArray, NDArray, type Selection, slice } from '../../src/index.js'
import { deepEqual, equal, ok, rejects, throws } from '../support/assert.js'
import type { Case, CaseContext } from '../support/conformance.js'
import { counted, MIB, table } from './numbers.js'

/** The same array, once on disk and once in memory: both must read alike. */
async function onDiskAndLoaded(t: CaseContext, array: NDArray): Promise<DiskBackedNDArray[]> {
  const disk = await t.openDisk()
  const offloaded = await disk.array(array, { automaticOffloading: true })
  return [offloaded, await disk.array(array)]
}

const SELECTIONS: readonly Selection[] = [
  [],
  [null],
  [1],
  [-1],
  [null, 2],
  [null, null, -1],
  [0, 1, 2],
  [-3, -4, -5],
  [slice(1)],
  [slice(null, 2)],
  [slice(-2, null)],
  [slice(0, 99)],
  [slice(null, null, 2), null, slice(4, null, -2)],
  [slice(2, 0, -1), slice(1, 3), 3],
  [slice(5, 2)],
  [null, slice(3, 3), null],
  [{ start: 1, stop: 3, step: null }, null, { start: null, stop: null, step: 2 }],
]

export const readingCases: Case[] = [
  {
    name: 'get reads what the same selection of an array in memory shows',
    async run(t) {
      const expected = NDArray.from(counted(60), { shape: [3, 4, 5], dtype: 'float64' })
      for (const array of await onDiskAndLoaded(t, expected)) {
        for (const selection of SELECTIONS) {
          const got = await array.get(selection)
          const wanted = expected.view(selection)
          deepEqual(got.shape, wanted.shape)
          deepEqual(got.toNested(), wanted.toNested(), JSON.stringify(selection))
          equal(got.data.length, wanted.size, 'it is not fresh memory of its size')
        }
        deepEqual((await array.get()).toNested(), expected.toNested())
      }
    },
  },
  {
    name: 'what get gives is fresh: writing to it changes nothing',
    async run(t) {
      for (const array of await onDiskAndLoaded(t, table(2, 2))) {
        const got = await array.get()
        got.set([], 99)
        deepEqual(await array.toArray(), counted(4))
        equal(array.dirty, false)
      }
    },
  },
  {
    name: 'a row of a large array takes no more than two blocks from disk',
    async run(t) {
      const disk = await t.openDisk()
      const array = await disk.full([300, 21_601], 1, 'float32')
      const before = (await disk.stats()).bytesRead
      equal((await array.get([150])).size, 21_601)
      const read = (await disk.stats()).bytesRead - before
      ok(read >= 4 * 21_601 && read <= 2 * MIB, `${read} bytes were read`)
      ok(array.offloaded, 'it was loaded')
    },
  },
  {
    name: 'selections that do not fit are refused, naming axis and size',
    async run(t) {
      for (const array of await onDiskAndLoaded(t, table(3, 4))) {
        await rejects(array.get([3]), 'InvalidSelectionError', /axis 0 with size 3/)
        await rejects(array.get([0, -5]), 'InvalidSelectionError', /axis 1 with size 4/)
        await rejects(array.get([0, 0, 0]), 'InvalidSelectionError', /2-dimensional/)
        await rejects(array.get([slice(0, 2, 0)]), 'InvalidSelectionError', /zero.*axis 0 with size 3/)
        await rejects(array.get([1.5]), 'InvalidSelectionError', /1.5/)
        for (const odd of [[[0, 1]], [true], ['a'], [new Int8Array(2)]]) {
          await rejects(array.get(odd as unknown as Selection), 'InvalidSelectionError', /not supported/)
        }
        deepEqual(await array.toArray(), counted(12))
      }
    },
  },
  {
    name: 'item gives a scalar of the dtype, of any element',
    async run(t) {
      const disk = await t.openDisk()
      const array = await disk.array(table(3, 4))
      equal(await array.item(1, 2), 6)
      equal(await array.item(-1, -1), 11)
      equal(await (await disk.array([7n])).item(), 7n)
      await rejects(array.item(1), 'InvalidSelectionError', /takes 2, got 1/)
      await rejects(array.item(), 'InvalidSelectionError', /takes 2, got 0/)
      await rejects(array.item(3, 0), 'InvalidSelectionError', /axis 0 with size 3/)
    },
  },
  {
    name: 'getMany gives views of one memory, one for each selection',
    async run(t) {
      for (const array of await onDiskAndLoaded(t, table(4, 5))) {
        const got = await array.getMany([[0], [null, 1], [slice(3, 0, -2), slice(1, 3)], [slice(2, 2)]])
        deepEqual(
          got.map((one) => one.toNested()),
          [
            [0, 1, 2, 3, 4],
            [1, 6, 11, 16],
            [
              [16, 17],
              [6, 7],
            ],
            [],
          ],
        )
        equal(new Set(got.map(({ data }) => data.buffer)).size, 1)
        deepEqual(await array.getMany([]), [])
      }
    },
  },
  {
    name: 'getMany fills the memory it is given, and gives it back with the results',
    async run(t) {
      for (const array of await onDiskAndLoaded(t, table(4, 5))) {
        let into = new Float64Array(9)
        for (let turn = 0; turn < 3; turn++) {
          const [row, column] = await array.getMany([[turn], [null, turn]], { into })
          deepEqual(
            row?.toNested(),
            [0, 1, 2, 3, 4].map((i) => 5 * turn + i),
          )
          deepEqual(
            column?.toNested(),
            [0, 5, 10, 15].map((i) => i + turn),
          )
          equal(row?.data.buffer.byteLength, 72)
          into = new Float64Array(row?.data.buffer as ArrayBuffer)
        }
        const part = new Float64Array(20).subarray(3, 8)
        const [row] = await array.getMany([[2]], { into: part })
        equal(row?.data.buffer, part.buffer)
        deepEqual(part, Float64Array.of(10, 11, 12, 13, 14))
        await rejects(array.getMany([[0], [1]], { into: new Float64Array(9) }), 'ShapeError', /9 elements.*10/)
        await rejects(array.getMany([[0]], { into: new Float32Array(9) as never }), 'DTypeError', /Float64Array/)
      }
    },
  },
  {
    name: 'toArray copies everything, cast where a dtype is named',
    async run(t) {
      for (const array of await onDiskAndLoaded(t, table(2, 3))) {
        const whole = await array.toArray()
        whole.fill(9 as never)
        deepEqual(await array.toArray(), counted(6))
        deepEqual(await array.toArray({ dtype: 'int8' }), Int8Array.of(0, 1, 2, 3, 4, 5))
        deepEqual(await array.toArray({ copy: true }), counted(6))
        await rejects(array.toArray({ copy: false as true }), 'TypeError', /copies/)
        await rejects(array.toArray({ dtype: 'int9' as 'int8' }), 'DTypeError', /int9/)
      }
    },
  },
  {
    name: 'astype casts, by default whatever is asked, or by a rule',
    async run(t) {
      const disk = await t.openDisk()
      const array = await disk.array(new Float64Array([1.7, -2.2]))
      deepEqual((await array.astype('int8')).data, Int8Array.of(1, -2))
      await rejects(array.astype('int8', { casting: 'same_kind' }), 'DTypeError', /same_kind/)
      equal((await array.view([0]).astype('float32')).dtype, 'float32')
    },
  },
  {
    name: 'blocks cover an array once, in order, in the size asked for',
    async run(t) {
      for (const array of await onDiskAndLoaded(t, table(7, 4))) {
        for (const byteLength of [1, 8, 32, 64, 100, 1e9]) {
          const seen: number[] = []
          for await (const { selection, array: block } of array.blocks({ byteLength })) {
            equal(block.ndim, 2)
            ok(block.nbytes <= Math.max(byteLength, 8), `${block.nbytes} bytes in a block of ${byteLength}`)
            deepEqual(block.toNested(), table(7, 4).view(selection).toNested())
            seen.push(...Array.from(block.data, Number))
          }
          deepEqual(seen, [...counted(28)])
        }
        await rejects(
          async () => {
            for await (const block of array.blocks({ byteLength: 0 })) ok(block)
          },
          'TypeError',
          /byteLength/,
        )
      }
    },
  },
  {
    name: 'views compose without reading, and read what a view in memory shows',
    async run(t) {
      const expected = NDArray.from(counted(48), { shape: [4, 3, 4], dtype: 'float64' })
      const compositions: ((a: NDArray) => NDArray)[] = [
        (a) => a.view([slice(1, 4, 2)]),
        (a) => a.transpose(),
        (a) => a.transpose([1, 0, 2]).view([slice(2, null, -1), 1]),
        (a) => a.reshape([12, -1]).view([slice(2, 11, 3), slice(1, 3)]),
        (a) => a.reshape([48]).view([slice(40, 3, -7)]),
        (a) => a.reshape([2, 2, 12]).transpose([2, 0, 1]).view([5]),
        (a) => a.view([2, 1]).broadcastTo([3, 4]),
        (a) => a.broadcastTo([2, 4, 3, 4]).view([1, slice(1, 3), 0]),
        (a) => a.view([slice(3, 3)]),
      ]
      for (const array of await onDiskAndLoaded(t, expected)) {
        for (const compose of compositions) {
          const view = compose(array as unknown as NDArray) as unknown as ReturnType<typeof array.view> // the names are the same
          const wanted = compose(expected)
          deepEqual(
            [view.shape, view.size, view.ndim, view.nbytes],
            [wanted.shape, wanted.size, wanted.ndim, wanted.nbytes],
          )
          deepEqual((await view.get()).toNested(), wanted.toNested())
          deepEqual(await view.toArray(), wanted.toArray())
          equal(view.base, array)
          if (wanted.ndim === 0 || wanted.size === 0) continue
          deepEqual((await view.get([-1])).toNested(), wanted.view([-1]).toNested())
          const many = await view.getMany([[0], []], { into: new Float64Array(2 * wanted.size) })
          deepEqual(
            many.map((one) => one.toNested()),
            [wanted.view([0]).toNested(), wanted.toNested()],
          )
        }
      }
    },
  },
  {
    name: 'a view reads only the box around it',
    async run(t) {
      const disk = await t.openDisk()
      const array = await disk.full([4096, 1024], 1, 'float32')
      const before = (await disk.stats()).bytesRead
      const tile = array.view([slice(1000, 1016), slice(0, 64)]).transpose()
      deepEqual((await tile.get()).shape, [64, 16])
      ok((await disk.stats()).bytesRead - before <= 2 * MIB, 'more than two blocks were read')
    },
  },
  {
    name: 'views that are none are refused at once',
    async run(t) {
      const disk = await t.openDisk()
      const array = await disk.array(table(3, 4))
      throws(() => array.view([3]), 'InvalidSelectionError', /axis 0 with size 3/)
      throws(() => array.reshape([5]), 'ShapeError', /size 12 into shape \(5,\)/)
      throws(() => array.transpose().reshape([12]), 'ShapeError', /no view/)
      throws(() => array.transpose([0, 0]), 'ShapeError', /repeated axis/)
      throws(() => array.broadcastTo([2, 4]), 'ShapeError', /\(3,4\)/)
      equal('set' in array.view([]), false, 'a view can be written to')
    },
  },
  {
    name: 'a view sees what is written to its base, loaded or not',
    async run(t) {
      const disk = await t.openDisk()
      const array = await disk.array(table(3, 4))
      const view = array.view([1])
      await array.set([1, 0], 50)
      equal(await view.item(0), 50)
      await array.offload()
      await array.set([1, 1], 51)
      deepEqual((await view.get()).toNested(), [50, 51, 6, 7])
      await array.append(table(1, 4))
      deepEqual((await view.get()).toNested(), [50, 51, 6, 7])
    },
  },
]
