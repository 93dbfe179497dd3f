// Reductions that a second thread has a part in: the same results, whatever becomes of that thread.
import { expect, test } from 'vitest'
import { NDArray } from '../../../src/core/ndarray.js'
import { apply, leaf } from '../../../src/core/numpy/expression.js'
import type { ReductionName } from '../../../src/core/numpy/reduce/types.js'
import { weakOf } from '../../../src/core/numpy/weak.js'
import { bytesOf } from '../../../src/core/typed-array.js'
import { max, mean, min, std, sum, var as variance } from '../../../src/numpy-sync.js'
import { openService, spec } from '../../support/engine-harness.js'
import { Second } from '../../support/second-thread.js'

/** So many float64 are worth sharing. */
const SIZE = 4 * 2 ** 20 + 12_345
const VALUES = Float64Array.from({ length: SIZE }, (_, i) => ((i % 1009) - 500.5) / 7)

/** A service with an array, and how it is reduced with that second thread. */
async function reducedBeside(second: Second) {
  const service = await openService(second.directory, { second })
  const create = spec('a', 0, { shape: [SIZE], dtype: 'float64' })
  const [put] = await service.call('put', { puts: [{ target: { create }, bytes: bytesOf(VALUES) }] })
  const layout = { shape: [SIZE], strides: [1], offset: 0 }
  const sources = [{ incarnation: put?.meta.incarnation ?? 0, base: [SIZE], layout }]
  const roots = [apply('divide', [leaf(0, 'float64', [SIZE]), weakOf(3)])]
  return (name: ReductionName) => {
    const computation = { kind: 'reduce', name, options: {} } as const
    const { result, abort } = service.start('evaluate', { computation, roots, sources })
    return { abort, value: result.then(({ buffer }) => new Float64Array(buffer, 0, 1)[0]) }
  }
}

const DIVIDED = NDArray.from(VALUES.map((value) => value / 3))

test('pieces that a second thread reduces change no bit of the result', async () => {
  const second = new Second()
  const reduced = await reducedBeside(second)
  for (const [name, inMemory] of [
    ['sum', sum],
    ['mean', mean],
    ['min', min],
    ['max', max],
    ['std', std],
    ['var', variance],
  ] as const) {
    const { length } = second.shares
    expect(await reduced(name).value, name).toBe(inMemory(DIVIDED))
    expect(second.shares.length).toBeGreaterThan(length)
  }
})

test('what a second thread fails to reduce is reduced without it', async () => {
  const second = new Second(async () => {
    throw new Error('it has ended')
  })
  const reduced = await reducedBeside(second)
  expect(await reduced('sum').value).toBe(sum(DIVIDED))
  expect(second.shares).toHaveLength(1)
})

test('an abort is told when the second thread has stopped too', async () => {
  let isUnderWay = false
  const second = new Second(async (work) => {
    isUnderWay = true
    running.abort()
    while (isUnderWay) {
      await new Promise((resolve) => setTimeout(resolve))
      try {
        work.check()
      } catch (error) {
        isUnderWay = false
        throw error
      }
    }
  })
  const reduced = await reducedBeside(second)
  const running = reduced('sum')
  await expect(running.value).rejects.toMatchObject({ name: 'AbortError' })
  expect(second.shares).toHaveLength(1)
  expect(isUnderWay).toBe(false)
})
