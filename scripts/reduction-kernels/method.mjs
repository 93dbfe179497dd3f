// One loop of a kernel.

/** @typedef {{ name: string, body: string }} Method */

/** @type {(name: string, body: string) => Method} */
export function method(name, body) {
  return { name, body }
}
