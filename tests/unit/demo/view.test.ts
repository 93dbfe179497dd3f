// Where the demo's map looks.
import { describe, expect, test } from 'vitest'
import { clampView, fitView, nearestCopy, stepFor, toGrid, toScreen, windowsIn, zoomAt } from '../../../demo/view.js'

const WORLD = { rows: 10801, cols: 21601, turn: 21600 }
const PLAIN = { rows: 400, cols: 200, turn: 0 }
const SIZE = { width: 1000, height: 600 }

describe('the view', () => {
  test('at first fills the map with the world, and shows all of a plain array', () => {
    const world = fitView(WORLD, SIZE)
    expect(world.scale * WORLD.turn).toBeGreaterThanOrEqual(SIZE.width)
    expect(world.scale * WORLD.rows).toBeGreaterThanOrEqual(SIZE.height)
    expect(fitView(PLAIN, SIZE)).toEqual({ x: 100, y: 200, scale: 1.5 })
  })

  test('goes from pixels to elements and back', () => {
    const view = { x: 5000, y: 3000, scale: 0.7 }
    const pixel = { x: 123, y: 456 }
    const back = toScreen(view, SIZE, toGrid(view, SIZE, pixel))
    expect(back.x).toBeCloseTo(pixel.x)
    expect(back.y).toBeCloseTo(pixel.y)
  })

  test('keeps the element under the pointer while it zooms', () => {
    const view = { x: 5000, y: 3000, scale: 0.7 }
    const pixel = { x: 700, y: 200 }
    const before = toGrid(view, SIZE, pixel)
    const after = toGrid(zoomAt(view, WORLD, SIZE, pixel, 2), SIZE, pixel)
    expect(after.x).toBeCloseTo(before.x)
    expect(after.y).toBeCloseTo(before.y)
  })

  test('goes on past the antimeridian, and stops at the poles', () => {
    const view = clampView({ x: WORLD.turn + 10, y: -500, scale: 0.1 }, WORLD, SIZE)
    expect(view.x).toBe(10)
    expect(view.y).toBe(SIZE.height / 0.1 / 2)
    expect(nearestCopy({ ...view, x: 5 }, WORLD, WORLD.turn - 5)).toBe(-5)
  })

  test('stops at the edges of a plain array', () => {
    expect(clampView({ x: 0, y: 0, scale: 20 }, PLAIN, SIZE)).toEqual({ x: 25, y: 15, scale: 20 })
  })

  test('reads about one sample a device pixel', () => {
    expect(stepFor({ x: 0, y: 0, scale: 1 }, 1)).toBe(1)
    expect(stepFor({ x: 0, y: 0, scale: 1 / 16 }, 1)).toBe(16)
    expect(stepFor({ x: 0, y: 0, scale: 1 / 16 }, 2)).toBe(8)
    expect(stepFor({ x: 0, y: 0, scale: 8 }, 1)).toBe(1)
  })
})

test('what is in view of a repeating grid is two windows at its seam, one elsewhere, and never beyond the poles', () => {
  const globe = { rows: 181, cols: 361, turn: 360 }
  const size = { width: 100, height: 50 }
  expect(windowsIn({ x: 180, y: 90, scale: 2 }, globe, size)).toEqual([{ rows: [77, 103], cols: [155, 205] }])
  expect(windowsIn({ x: 10, y: 5, scale: 2 }, globe, size)).toEqual([
    { rows: [0, 18], cols: [345, 360] },
    { rows: [0, 18], cols: [0, 35] },
  ])
  expect(windowsIn({ x: 180, y: 90, scale: 0.2 }, globe, size)).toEqual([{ rows: [0, 181], cols: [0, 360] }])
})
