// All conformance cases. A new file of cases is imported and spread here.
import type { Case } from '../support/conformance.js'
import { smokeCases } from './smoke.js'

export const cases: readonly Case[] = [...smokeCases]
