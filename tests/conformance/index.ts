// All conformance cases. A new file of cases is imported and spread here.
import type { Case } from '../support/conformance.js'
import { budgetCases } from './budget.js'
import { cacheCases } from './cache.js'
import { cachingCases } from './caching.js'
import { changingCases } from './changing.js'
import { creatingCases } from './creating.js'
import { diskCases } from './disk.js'
import { goldenCasesOfNumPy } from './golden.js'
import { goldenReductionCases } from './golden-reductions.js'
import { lazyCases } from './lazy.js'
import { memoryCases } from './memory.js'
import { operatorMemoryCases } from './operator-memory.js'
import { operatorOutCases } from './operator-outs.js'
import { operatorCases } from './operators.js'
import { orderCases } from './order.js'
import { pathCases } from './paths.js'
import { readingCases } from './reading.js'
import { smokeCases } from './smoke.js'
import { storeCases } from './store.js'
import { subclassCases } from './subclass.js'
import { workCases } from './work.js'

export const cases: readonly Case[] = [
  ...smokeCases,
  ...creatingCases,
  ...readingCases,
  ...changingCases,
  ...memoryCases,
  ...budgetCases,
  ...orderCases,
  ...cacheCases,
  ...cachingCases,
  ...subclassCases,
  ...pathCases,
  ...storeCases,
  ...diskCases,
  ...workCases,
  ...operatorCases,
  ...operatorOutCases,
  ...operatorMemoryCases,
  ...lazyCases,
  ...goldenCasesOfNumPy,
  ...goldenReductionCases,
]
