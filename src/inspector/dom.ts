// Elements and words of the inspector.

interface Content {
  readonly className?: string
  readonly text?: string
}

export function element<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  { className, text }: Content = {},
  ...children: readonly Node[]
): HTMLElementTagNameMap[K] {
  const made = document.createElement(tag)
  if (className !== undefined) made.className = className
  if (text !== undefined) made.textContent = text
  made.append(...children)
  return made
}

const UNITS = ['B', 'KiB', 'MiB', 'GiB', 'TiB'] as const

/** '1.25 GiB', '37.3 MiB', '0 B'. */
export function formatBytes(bytes: number): string {
  const power = Math.min(UNITS.length - 1, Math.max(0, Math.floor(Math.log2(Math.max(bytes, 1)) / 10)))
  return `${power === 0 ? bytes : (bytes / 1024 ** power).toPrecision(3)}\u00a0${UNITS[power]}`
}
