// The way from methods to what computes, which is fetched later, or is there already.
import type { OperatorName } from './names.js'
import type { Turns } from './turns.js'

export type Operate = (name: OperatorName, given: readonly unknown[], turns?: Turns) => unknown

let operate: Operate | undefined

/** Said once, by the module that computes. */
export function provideOperate(provided: Operate): void {
  operate = provided
}

/** undefined until that module is there. */
export function providedOperate(): Operate | undefined {
  return operate
}
