// Every golden case through numpy-sync, cut into small tiles.
import { afterAll, describe, expect, test } from 'vitest'
import { setTileSize } from '../../../src/core/numpy/tiles.js'
import { readElementwise, readGolden } from './golden.js'
import { problemOf } from './golden-run.js'

const cases = [...readGolden().cases, ...readElementwise()].filter(({ flags }) => !flags?.includes('platform'))
const groups = [...new Set(cases.map(({ group }) => group))]

afterAll(() => {
  setTileSize()
})

describe.each([7, 64, undefined])('golden cases in tiles of %s elements', (tile) => {
  test.each(groups)('%s', (group) => {
    setTileSize(tile)
    const problems = cases
      .filter((one) => one.group === group)
      .flatMap((one) => {
        const problem = problemOf(one)
        return problem === undefined ? [] : [`${one.id} ${one.op}: ${problem}`]
      })
    expect(problems).toEqual([])
  })
})
