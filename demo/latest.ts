// Work that only matters for the newest wish: while one runs, the wishes that come in between are skipped.

/** Returns a function to wish with; `work` never runs twice at once and always runs for the last wish. */
export function latestOnly<T>(work: (wish: T) => Promise<void>): (wish: T) => void {
  let waiting: { wish: T } | undefined
  let running = false
  const run = async (): Promise<void> => {
    running = true
    while (waiting) {
      const { wish } = waiting
      waiting = undefined
      await work(wish)
    }
    running = false
  }
  return (wish) => {
    waiting = { wish }
    if (!running) void run()
  }
}
