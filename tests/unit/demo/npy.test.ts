// The .npy files that the demo takes, and what it says about those it does not.
import { describe, expect, test } from 'vitest'
import { readNpy } from '../../../demo/npy.js'

/** A .npy file as NumPy writes it. */
function npy(header: string, data: BlobPart, version = 1): Blob {
  const text = `${header}\n`
  const length = version === 1 ? new Uint8Array(2) : new Uint8Array(4)
  const view = new DataView(length.buffer)
  if (version === 1) view.setUint16(0, text.length, true)
  else view.setUint32(0, text.length, true)
  return new Blob([new Uint8Array([0x93]), 'NUMPY', new Uint8Array([version, 0]), length, text, data])
}

const header = (descr: string, shape: string, fortran = 'False') =>
  `{'descr': '${descr}', 'fortran_order': ${fortran}, 'shape': ${shape}, }`

describe('a .npy file', () => {
  for (const version of [1, 2, 3]) {
    test(`of version ${version} gives dtype, shape and bytes`, async () => {
      const data = new Float32Array([1, 2, 3, 4, 5, 6])
      const file = await readNpy(npy(header('<f4', '(2, 3)'), data, version))
      expect(file).toMatchObject({ dtype: 'float32', shape: [2, 3] })
      expect(new Float32Array(await file.bytes.arrayBuffer())).toEqual(data)
    })
  }

  test('of one axis, or of none, is read too', async () => {
    expect((await readNpy(npy(header('|b1', '(3,)'), new Uint8Array(3)))).shape).toEqual([3])
    expect((await readNpy(npy(header('<i8', '()'), new BigInt64Array(1)))).shape).toEqual([])
  })

  test('with more bytes than its shape needs gives those it needs', async () => {
    expect((await readNpy(npy(header('<c16', '(1,)'), new Uint8Array(40)))).bytes.size).toBe(16)
  })

  for (const [what, blob, message] of [
    ['that is none', new Blob(['<html></html>']), /not a \.npy file/],
    ['that is empty', new Blob([]), /not a \.npy file/],
    ['of a version to come', npy(header('<f4', '(0,)'), '', 4), /version 4/],
    ['in Fortran order', npy(header('<f4', '(2, 3)', 'True'), new Uint8Array(24)), /ascontiguousarray/],
    ['of the other byte order', npy(header('>f8', '(1,)'), new Uint8Array(8)), /big-endian \(>f8\).*astype\('<f8'\)/],
    ['of text', npy(header('<U5', '(1,)'), new Uint8Array(20)), /dtype <U5/],
    ['of records', npy("{'descr': [('x', '<f4')], 'fortran_order': False, 'shape': (1,), }", ''), /structured/],
    ['that is cut short', npy(header('<f4', '(2, 3)'), new Uint8Array(20)), /announces 24 bytes of data, it has 20/],
    ['with a header of something else', npy('hello', ''), /header .* cannot be read/],
  ] as const) {
    test(`${what} is refused in words that help`, async () => {
      await expect(readNpy(blob)).rejects.toThrow(message)
    })
  }
})
