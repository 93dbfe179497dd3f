// Which intermediate values share memory: a value's memory is free again after the last call that reads it.
import type { DType } from '../dtype.js'
import type { Call, Value } from './plan.js'

/** Memory for one value of a tile. */
export interface Register {
  readonly dtype: DType
  readonly isSingle: boolean
}

/**
 * A register for every value that a call leaves and that is no result. A call may write over an operand of its dtype that
 * nothing reads afterwards: kernels read an element before they write it.
 */
export function assignRegisters(values: readonly Value[], calls: readonly Call[], results: ReadonlySet<number>) {
  const lastRead = new Map(calls.flatMap(({ inputs }, position) => inputs.map((input) => [input, position] as const)))
  const registers: Register[] = []
  const scratch: [number, number][] = []
  const held = new Map<number, number>()
  const free: number[] = []
  calls.forEach(({ inputs, output }, position) => {
    for (const input of new Set(inputs)) {
      const register = held.get(input)
      if (register !== undefined && lastRead.get(input) === position) free.push(register)
    }
    const value = values[output]
    if (results.has(output) || value === undefined) return
    const register =
      takeFree(free, registers, value) ?? registers.push({ dtype: value.dtype, isSingle: value.isSingle }) - 1
    held.set(output, register)
    scratch.push([output, register])
  })
  return { registers, scratch }
}

function takeFree(free: number[], registers: readonly Register[], value: Value): number | undefined {
  const position = free.findIndex((index) => {
    const register = registers[index]
    return register?.dtype === value.dtype && register.isSingle === value.isSingle
  })
  return position === -1 ? undefined : free.splice(position, 1)[0]
}
