// Several arrays that are made together: none is committed before all are written.

/** Resolves when what is made may be committed. */
export type Gate = () => Promise<void>

/**
 * Runs the tasks one after the other, each up to its gate; behind it they go on together. Where one fails, what the others made
 * is discarded. Errors: the first.
 */
export async function allOrNone<T>(
  tasks: Iterable<(gate: Gate) => Promise<T>>,
  discard: (made: T) => Promise<void>,
): Promise<T[]> {
  let open: () => void = () => undefined
  let shut: (error: unknown) => void = () => undefined
  const gate = new Promise<void>((resolve, reject) => {
    open = resolve
    shut = reject
  })
  gate.catch(() => undefined) // seen by those who wait, where there are any
  const started: Promise<T>[] = []
  try {
    for (const task of tasks) await toGate(task, gate, started)
    open()
    return await Promise.all(started)
  } catch (error) {
    shut(error)
    const settled = await Promise.allSettled(started)
    await Promise.allSettled(settled.map((made) => made.status === 'fulfilled' && discard(made.value)))
    throw error
  }
}

async function toGate<T>(task: (gate: Gate) => Promise<T>, gate: Promise<void>, started: Promise<T>[]): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    const made = task(() => {
      resolve()
      return gate
    })
    started.push(made)
    made.then(() => resolve(), reject)
  })
}

/** The chunks, and an end that waits for the gate. */
export async function* untilGate(
  chunks: AsyncIterable<Uint8Array>,
  gate: Gate,
): AsyncGenerator<Uint8Array, void, undefined> {
  yield* chunks
  await gate()
}
