// The text of arguments: one for equal arguments, another for others.
import { isDeepStrictEqual } from 'node:util'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { takeArguments } from '../../../src/argument-key.js'

const leaf = fc.oneof(
  fc.constantFrom<unknown>(
    null,
    undefined,
    true,
    false,
    0,
    -0,
    Number.NaN,
    1,
    '1',
    1n,
    '',
    ',',
    '[',
    '"',
    '{}',
    'null',
    '\ud800',
  ),
  fc.double(),
  fc.bigInt(),
  fc.string({ unit: 'binary' }),
  fc.float32Array({ maxLength: 3 }),
  fc.uint8Array({ maxLength: 4 }),
  fc.uint8Array({ maxLength: 4 }).map((bytes) => bytes.slice().buffer),
)
const { value } = fc.letrec((tie) => ({
  value: fc.oneof({ maxDepth: 3 }, leaf, fc.array(tie('value'), { maxLength: 3 }), tie('fields')),
  fields: fc.dictionary(fc.constantFrom('a', 'b', 'a:', '"', ''), tie('value'), { maxKeys: 3, noNullPrototype: true }),
}))

test('is the same exactly for equal arguments', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(value, { maxLength: 3 }), fc.array(value, { maxLength: 3 }), async (a, b) => {
      const [one, same, other] = [
        await takeArguments(a),
        await takeArguments(structuredClone(a)),
        await takeArguments(b),
      ]
      expect(same.key).toBe(one.key)
      expect(isDeepStrictEqual(one.copies, a)).toBe(true)
      expect(one.key === other.key).toBe(isDeepStrictEqual(a, b))
    }),
    { numRuns: 2000 },
  )
})

test('tells alike arguments apart', async () => {
  const simple = fc.oneof(leaf, fc.array(leaf, { maxLength: 2 }), fc.constantFrom<unknown>([], [[]], {}, { a: [] }))
  await fc.assert(
    fc.asyncProperty(
      fc.uniqueArray(simple, { minLength: 20, maxLength: 40, comparator: isDeepStrictEqual }),
      async (all) => {
        const keys = await Promise.all(all.map(async (one) => (await takeArguments([one])).key))
        expect(new Set(keys).size).toBe(all.length)
      },
    ),
    { numRuns: 200 },
  )
})

test('fits a key, however long the arguments are', async () => {
  const long = 'é'.repeat(5000)
  const { key } = await takeArguments([long])
  expect(key).toMatch(/^sha256:[0-9a-f]{64}$/)
  expect((await takeArguments([`${long}é`])).key).not.toBe(key)
})

test('takes a view of a larger buffer, and shared memory, by what is in view', async () => {
  const buffer = new ArrayBuffer(1 << 20)
  const shared = new Uint8Array(new SharedArrayBuffer(4)).fill(7)
  const [view, own] = [new Uint8Array(buffer, 8, 4).fill(7), Uint8Array.of(7, 7, 7, 7)]
  const taken = await Promise.all([view, own, shared].map((data) => takeArguments([data])))
  expect(new Set(taken.map(({ key }) => key)).size).toBe(1)
  for (const { copies } of taken) expect(copies[0]?.buffer.byteLength).toBe(4)
})
