// The files of golden cases recorded from NumPy, read in Node.
import { readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import type { Golden, GoldenCase } from '../../support/golden.js'
import type { RecordedReduction } from '../../support/golden-reductions.js'

function readCompressed(name: string): unknown {
  return JSON.parse(gunzipSync(readFileSync(new URL(name, import.meta.url))).toString('utf8'))
}

export function readGolden(): Golden {
  return readCompressed('./numpy-golden.json.gz') as Golden
}

/** What scripts/record-numpy.py wrote. */
export function readElementwise(): readonly GoldenCase[] {
  return (readCompressed('./numpy-elementwise.json.gz') as Pick<Golden, 'cases'>).cases
}

/** What record-reductions.py wrote. */
export function readReductions(): readonly RecordedReduction[] {
  return (readCompressed('./numpy-reductions.json.gz') as { cases: readonly RecordedReduction[] }).cases
}
