// The part of WebAssembly used here, for it is no part of the ES library.

/** A WebAssembly memory that never grows. */
export interface Memory {
  readonly buffer: ArrayBuffer
}

interface WebAssemblyApi {
  readonly Memory: new (limits: { initial: number; maximum: number }) => Memory
  readonly Module: new (bytes: Uint8Array<ArrayBuffer>) => object
  readonly Instance: new (module: object, imports: { m: object }) => { readonly exports: unknown }
}

/** Compiled once. */
const modules = new WeakMap<Uint8Array, object>()
const PAGE_BYTES = 65_536

/** Throws what the browser does, where it refuses or has none. */
export function createMemory(byteLength: number): Memory {
  const pages = Math.ceil(byteLength / PAGE_BYTES)
  return new (api().Memory)({ initial: pages, maximum: pages })
}

/** What the module exports, its imports being named `m`. Throws what the browser does, where it refuses or has none. */
export function instantiate(wasm: Uint8Array<ArrayBuffer>, imports: Readonly<Record<string, object>>): unknown {
  const { Module, Instance } = api()
  const module = modules.get(wasm) ?? new Module(wasm)
  modules.set(wasm, module)
  return new Instance(module, { m: imports }).exports
}

function api(): WebAssemblyApi {
  const found: unknown = Reflect.get(globalThis, 'WebAssembly')
  if (found === undefined) throw new TypeError('there is no WebAssembly here')
  return found as WebAssemblyApi // what it is wherever it is
}
