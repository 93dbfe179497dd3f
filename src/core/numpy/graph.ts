// Going through expressions: what a node is computed from, and the leaves of all.
import type { Leaf, Node } from './expression.js'

export function inputsOf(node: Node): readonly Node[] {
  if (node.kind === 'apply') return node.inputs
  return node.kind === 'cast' ? [node.input] : []
}

/** In the order in which they are met, each once. */
export function leavesOf(roots: readonly Node[]): Leaf[] {
  const leaves = new Map<number, Leaf>()
  const seen = new Set<Node>()
  const visit = (node: Node) => {
    if (seen.has(node)) return
    seen.add(node)
    if (node.kind === 'leaf') leaves.set(node.index, node)
    for (const input of inputsOf(node)) visit(input)
  }
  for (const root of roots) visit(root)
  return [...leaves.values()]
}
