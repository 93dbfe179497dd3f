/// <reference lib="esnext.disposable" preserve="true" />
// The symbols of explicit resource management, where the browser has none yet: those that compilers fall back to.

export const dispose: typeof Symbol.dispose = Symbol.dispose ?? Symbol.for('Symbol.dispose')
export const asyncDispose: typeof Symbol.asyncDispose = Symbol.asyncDispose ?? Symbol.for('Symbol.asyncDispose')
