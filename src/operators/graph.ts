// What is done with expressions before they are evaluated: their leaves numbered, their shapes extended.
import type { Leaf, Node } from '../core/numpy/expression.js'

/** The same expressions with their leaves numbered from 0; what was shared still is. */
export function renumbered(roots: readonly Node[], leaves: readonly Leaf[]): Node[] {
  const places = new Map(leaves.map(({ index }, place) => [index, place]))
  return mapped(
    roots,
    (leaf) => ({ ...leaf, index: places.get(leaf.index) ?? 0 }),
    (shape) => shape,
  )
}

/** The same expressions with `count` more axes of one element at the end; `leafWith` gives each leaf so. */
export function withAxes(root: Node, count: number, leafWith: (leaf: Leaf) => Leaf): Node {
  const ones = new Array<number>(count).fill(1)
  const [extended] = mapped([root], leafWith, (shape) => [...shape, ...ones])
  return extended as Node // one root
}

function mapped(
  roots: readonly Node[],
  leafFor: (leaf: Leaf) => Leaf,
  shapeFor: (shape: readonly number[]) => readonly number[],
): Node[] {
  const known = new Map<Node, Node>()
  const map = (node: Node): Node => {
    const made = known.get(node) ?? copy(node)
    known.set(node, made)
    return made
  }
  const copy = (node: Node): Node => {
    switch (node.kind) {
      case 'leaf':
        return leafFor(node)
      case 'scalar':
        return node
      case 'cast':
        return { ...node, input: map(node.input), shape: shapeFor(node.shape) }
      case 'apply':
        return { ...node, inputs: node.inputs.map(map), shape: shapeFor(node.shape) }
    }
  }
  return roots.map(map)
}
