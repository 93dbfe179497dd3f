// An expression as text: its plan, one step a line.
import { isComplex } from '../scalar.js'
import { shapeText } from '../shape.js'
import type { Node } from './expression.js'
import { inputsOf } from './graph.js'

/** The steps from the result down to the arrays; a step shared by several is written once. */
export function describe(root: Node, nameOf: (leaf: number) => string = (leaf) => `array ${leaf}`): string {
  const numbers = new Map<Node, number>()
  const lines: string[] = []
  const visit = (node: Node, depth: number) => {
    const known = numbers.get(node)
    const indent = '  '.repeat(depth)
    if (known !== undefined) {
      lines.push(`${indent}step ${known} again`)
      return
    }
    const inputs = inputsOf(node)
    if (inputs.length > 0) numbers.set(node, numbers.size + 1)
    const step = inputs.length > 0 ? `step ${numbers.size}: ` : ''
    lines.push(`${indent}${step}${lineOf(node, nameOf)}`)
    for (const input of inputs) visit(input, depth + 1)
  }
  visit(root, 0)
  return lines.join('\n')
}

function lineOf(node: Node, nameOf: (leaf: number) => string): string {
  const type = `${node.dtype} ${shapeText(node.shape)}`
  switch (node.kind) {
    case 'leaf':
      return `${nameOf(node.index)}: ${type}`
    case 'scalar':
      return `${isComplex(node.value) ? `${node.value.re}+${node.value.im}i` : node.value}: ${node.dtype}`
    case 'cast':
      return `astype: ${type}`
    case 'apply': {
      const loops = [...new Set(node.loop)]
      return `${node.op}: ${type}${loops.length === 1 && loops[0] === node.dtype ? '' : `, computed in ${loops.join(', ')}`}`
    }
  }
}
