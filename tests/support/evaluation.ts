// How a function gets into a page and its outcome back: as text, whoever drives the browser.

interface PageError {
  readonly name: string
  readonly message: string
  readonly stack: string | undefined
  readonly code: unknown
}

type PageOutcome = { readonly value?: unknown } | { readonly error: PageError }

/** An expression for the page: a promise of a PageOutcome as JSON. */
export function evaluation(work: (...args: never[]) => unknown, args: readonly unknown[]): string {
  return `(async () => {
    try {
      return JSON.stringify({ value: await (${work})(...${JSON.stringify(args)}) })
    } catch (error) {
      const { name, message, stack, code } = error instanceof Error ? error : { name: typeof error, message: String(error) }
      return JSON.stringify({ error: { name, message, stack, code } })
    }
  })()`
}

/** The value, or throws the page's error. */
export function readOutcome(text: string): unknown {
  const outcome = JSON.parse(text) as PageOutcome
  if (!('error' in outcome)) return outcome.value
  const { name, message, stack, code } = outcome.error
  const error = new Error(message)
  error.stack = `${name}: ${message}\n    in the page:\n${stack ?? ''}\n    in the test:\n${error.stack ?? ''}`
  throw Object.assign(error, { name, code })
}
