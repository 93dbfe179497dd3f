// Results as Markdown: one table for each workload, then all contenders side by side.

/** @typedef {import('./page/results.js').Measurement} Measurement */
/** @typedef {import('./page/results.js').Results} Results */

const MIB = 2 ** 20
/** Shorter transfers than this are told in time alone. */
const MIN_RATE_BYTES = MIB

/**
 * @param {Results} results
 * @returns {string}
 */
export function report(results) {
  const { plan } = results
  const setting =
    `Large array ${size(plan.largeBytes)} of float32; ${plan.sliceCount} slices of ${size(plan.sliceBytes)}; ` +
    `${plan.smallCount} small arrays of ${size(plan.smallBytes)}; medians of ${plan.rounds} rounds after a warm-up.`
  const workloads = Object.entries(results.workloads).map(([workload, title]) => ({
    title,
    measurements: results.measurements.filter((measurement) => measurement.workload === workload),
  }))
  const measured = workloads.filter(({ measurements }) => measurements.length > 0)
  const sections = measured.map(({ title, measurements }) => `## ${title}\n\n${workloadTable(measurements)}`)
  return [setting, ...sections, `## Side by side, each at its best (ms)\n\n${sideBySide(measured)}`].join('\n\n')
}

/** @param {readonly Measurement[]} measurements */
function workloadTable(measurements) {
  const peer = fastest(measurements, 'peer')
  const rows = measurements.map((measurement) => [
    measurement.contender,
    measurement.how,
    ...(measurement.rounds.length > 0 ? figures(measurement, peer) : []),
  ])
  const failures = measurements
    .filter((measurement) => measurement.failures.length > 0)
    .map(({ contender, how, failures }) => `* ${contender}, ${how}: failed ${failures.length} times: ${failures[0]}`)
  const head = ['', 'how', 'median ms', 'from – to', 'first', 'MB/s', 'to the fastest peer']
  return [table(head, rows, 2), ...failures].join('\n')
}

/**
 * @param {Measurement} measurement
 * @param {number | undefined} peer
 */
function figures({ rounds, first, byteLength }, peer) {
  const time = median(rounds)
  const range = `${milliseconds(Math.min(...rounds))} – ${milliseconds(Math.max(...rounds))}`
  const rate = byteLength >= MIN_RATE_BYTES ? (byteLength / 1e6 / (time / 1e3)).toFixed(0) : ''
  return [milliseconds(time), range, first === undefined ? '' : milliseconds(first), rate, comparison(time, peer)]
}

/** @param {readonly { title: string, measurements: readonly Measurement[] }[]} workloads */
function sideBySide(workloads) {
  const names = [...new Set(workloads.flatMap(({ measurements }) => measurements.map(({ contender }) => contender)))]
  const rows = workloads.map(({ title, measurements }) => {
    const best = names.map((name) =>
      Math.min(...measurements.filter(({ contender }) => contender === name).map(timeOf)),
    )
    const library = fastest(measurements, 'library')
    const ratio = library === undefined ? '' : comparison(library, fastest(measurements, 'peer'))
    return [title, ...best.map((time) => (Number.isFinite(time) ? milliseconds(time) : '–')), ratio]
  })
  return table(['', ...names, 'library to the fastest peer'], rows, 1)
}

/**
 * @param {readonly Measurement[]} measurements
 * @param {import('./page/results.js').Role} role
 */
function fastest(measurements, role) {
  const best = Math.min(...measurements.filter((measurement) => measurement.role === role).map(timeOf))
  return Number.isFinite(best) ? best : undefined
}

/** @param {Measurement} measurement */
function timeOf({ rounds }) {
  return rounds.length > 0 ? median(rounds) : Number.POSITIVE_INFINITY
}

/**
 * @param {number} time
 * @param {number | undefined} peer
 */
function comparison(time, peer) {
  if (peer === undefined) return ''
  if (time === peer) return '1'
  return time < peer ? `${times(peer / time)} faster` : `${times(time / peer)} slower`
}

/** @param {number} ratio */
function times(ratio) {
  return `${ratio.toFixed(ratio < 10 ? 1 : 0)}×`
}

/** @param {readonly number[]} values */
export function median(values) {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = sorted.length / 2
  const [low, high] = [sorted[Math.ceil(middle) - 1] ?? Number.NaN, sorted[Math.floor(middle)] ?? Number.NaN]
  return (low + high) / 2
}

/** @param {number} value */
export function milliseconds(value) {
  return value.toFixed(value < 10 ? 3 : value < 100 ? 1 : 0)
}

/** @param {number} bytes */
function size(bytes) {
  return bytes >= MIB ? `${bytes / MIB} MiB` : `${bytes / 1024} KiB`
}

/**
 * @param {readonly string[]} head
 * @param {readonly (readonly string[])[]} rows
 * @param {number} textColumns the first columns, aligned to the left; figures are aligned to the right
 */
export function table(head, rows, textColumns) {
  const widths = head.map((title, column) => Math.max(title.length, 3, ...rows.map((row) => row[column]?.length ?? 0)))
  /** @param {readonly string[]} row */
  const line = (row) => {
    const cells = widths.map((width, column) => {
      const cell = row[column] ?? ''
      return column < textColumns ? cell.padEnd(width) : cell.padStart(width)
    })
    return `| ${cells.join(' | ')} |`
  }
  const rule = widths.map((width, column) => (column < textColumns ? '-'.repeat(width) : `${'-'.repeat(width - 1)}:`))
  return [line(head), `| ${rule.join(' | ')} |`, ...rows.map(line)].join('\n')
}
