// The SIMD kernels in the browsers' own engines.
import { expect, test } from '../support/fixtures.js'

test('SIMD kernels give what those in JavaScript give', async ({ session }) => {
  const page = await session.open()
  const differences = await page.evaluate(async () => {
    const { KERNELS } = await import('/src/core/numpy/kernels/index.ts')
    const { allocate } = await import('/src/core/typed-array.ts')
    const { accelerator, difference, Room, sample } = await import('/tests/support/simd.ts')
    const { binary, unary, casts } = accelerator.kernels
    const n = 1003
    const found: string[] = []
    for (const dtype of ['uint8', 'int16', 'uint32', 'int64', 'float32', 'float64'] as const) {
      for (const name of ['add', 'multiply', 'maximum', 'less', 'notEqual'] as const) {
        for (const [s, t] of [
          [1, 1],
          [1, 0],
        ] as const) {
          const to = name === 'less' || name === 'notEqual' ? 'bool' : dtype
          const [a, b, expected, room] = [sample(dtype, n, 1), sample(dtype, n, 2), allocate(to, n), new Room()]
          KERNELS.binary[name][dtype]?.(n, a, s, b, t, expected)
          const out = room.put(allocate(to, n), 1)
          binary[name][dtype]?.(n, room.put(a, 1), s, room.put(b), t, out)
          const where = difference(out, expected, name === 'maximum' ? 'unsigned' : 'signed')
          if (where !== undefined) found.push(`${name} of ${dtype}: ${where}`)
        }
      }
    }
    for (const name of ['sqrt', 'rint', 'absolute'] as const) {
      const [a, expected, room] = [sample('float64', n, 3), new Float64Array(n), new Room()]
      KERNELS.unary[name].float64?.(n, a, expected)
      const out = room.put(new Float64Array(n))
      unary[name].float64?.(n, room.put(a), out)
      const where = difference(out, expected, 'signed')
      if (where !== undefined) found.push(`${name}: ${where}`)
    }
    const [wide, expected, room] = [sample('uint64', n, 4), new Float64Array(n), new Room()]
    KERNELS.casts.uint64?.float64?.(n, wide, expected)
    const out = room.put(new Float64Array(n))
    casts.uint64?.float64?.(n, room.put(wide), out)
    const where = difference(out, expected, 'signed')
    return where === undefined ? found : [...found, `cast: ${where}`]
  })
  expect(differences).toEqual([])
})

test('sums in SIMD are those in JavaScript', async ({ session }) => {
  const page = await session.open()
  const sums = await page.evaluate(async () => {
    const { pairwiseSumOf } = await import('/src/core/numpy/reduce/pairwise.ts')
    const { accelerate } = await import('/src/core/numpy/simd/current.ts')
    const { accelerator, Room, randomWords } = await import('/tests/support/simd.ts')
    const random = randomWords(1)
    return (['float32', 'float64', 'complex64', 'complex128'] as const).map((dtype) => {
      const isDouble = dtype === 'float64' || dtype === 'complex128'
      const x = new Room().put(isDouble ? new Float64Array(12_346) : new Float32Array(12_346), 1)
      for (let i = 0; i < x.length; i++) x[i] = random() / 1e6
      return [undefined, accelerator].map((one) => {
        accelerate(one)
        const into = { re: 0, im: 0 }
        pairwiseSumOf(dtype)(x, 0, x.length, into)
        return into
      })
    })
  })
  for (const [plain, faster] of sums) expect(faster).toEqual(plain)
})

test("where the page's CSP forbids WebAssembly there is no accelerator", async ({ session }) => {
  const page = await session.open()
  const found = await page.evaluate(async () => {
    const { createAccelerator } = await import('/src/core/numpy/simd/accelerator.ts')
    const before = createAccelerator(1 << 20) !== undefined
    const policy = document.createElement('meta')
    policy.httpEquiv = 'Content-Security-Policy'
    policy.content = "script-src 'self'"
    document.head.append(policy)
    return [before, createAccelerator(1 << 20) !== undefined]
  })
  expect(found).toEqual([true, false])
})
