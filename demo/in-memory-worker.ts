// Runs the in-memory side of the comparison off the page's thread: keeps the array, answers with milliseconds.
import { binned, moments, type Numbers, scaled, tilesOf } from './in-memory-work.js'

export interface Work {
  readonly name: 'tiles' | 'moments' | 'scaled' | 'binned'
  readonly cols: number
  readonly edge: number
  readonly corners: readonly (readonly [number, number])[]
  readonly bins: number
  readonly range: readonly [number, number]
}

let values: Numbers = new Float32Array()

self.addEventListener('message', ({ data }: MessageEvent<Work | { readonly values: Numbers }>) => {
  if ('values' in data) {
    values = data.values
    return postMessage(0)
  }
  const begun = performance.now()
  run(data)
  postMessage(performance.now() - begun)
})

function run({ name, cols, edge, corners, bins, range }: Work): unknown {
  if (name === 'tiles') return tilesOf(values, cols, edge, corners)
  if (name === 'moments') return moments(values)
  if (name === 'scaled') return scaled(values)
  return binned(values, bins, range)
}
