// Computations along axes, fetched when the first is asked for.
import type { Computation } from '../../evaluation.js'
import { accumulate } from './accumulation.js'
import type { Job } from './job.js'

export { reducePieces } from './reductions.js'

import { histogram, percentile, reduce } from './reductions.js'

/** Errors: as `evaluate`. */
export function fold(
  job: Job,
  computation: Exclude<Computation, { readonly kind: 'elementwise' | 'matmul' }>,
): Promise<void> {
  switch (computation.kind) {
    case 'reduce':
      return reduce(job, computation)
    case 'accumulate':
      return accumulate(job, computation)
    case 'histogram':
      return histogram(job, computation.options)
    case 'percentile':
      return percentile(job, computation)
  }
}
