// Makes the geoid off the page's thread: reads the source grid once, then answers each request with the next band of rows.
import { type Arcminutes, GeoidResampler } from './geoid.js'
import { readSource } from './geoid-source.js'

/** The first message says the resolution; each later one asks for a band of at most `bytes`. */
export type GeoidRequest = { readonly arcminutes: Arcminutes } | { readonly bytes: number }
/** A band of float32 rows from north to south; undefined after the last. */
export type GeoidReply = ArrayBuffer | undefined

let resampler: GeoidResampler | undefined
let row = 0

self.addEventListener('message', ({ data }: MessageEvent<GeoidRequest>) => {
  if ('arcminutes' in data) {
    resampler = new GeoidResampler(readSource(), data.arcminutes)
    return
  }
  if (!resampler || row >= resampler.rows) return postMessage(undefined)
  const count = Math.min(Math.max(1, Math.floor(data.bytes / (4 * resampler.cols))), resampler.rows - row)
  const { buffer } = resampler.band(row, count)
  row += count
  postMessage(buffer, { transfer: [buffer] })
})
