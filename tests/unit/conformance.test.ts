// Every conformance case over memory, in Node.
import { describe, test } from 'vitest'
import { cases } from '../conformance/index.js'
import { runCase } from '../support/conformance.js'

describe('over memory', () => {
  for (const one of cases) test(one.name, () => runCase(one, 'memory'))
})
