// What tiles are computed with, fetched beside the operators: kernels, and where WebAssembly may run the memory that is theirs.
import { KERNELS } from '../../core/numpy/kernels/index.js'
import { createAccelerator } from '../../core/numpy/simd/accelerator.js'
import { accelerate } from '../../core/numpy/simd/current.js'
import { sumWithin } from '../checksum.js'
import { TileMemory } from './tile-memory.js'

/** Enough for some computations at once; what is not touched takes no memory. */
const TILE_MEMORY_BYTES = 32 << 20

let memory: TileMemory | undefined

/** This thread's. */
export function tileMemory(): TileMemory {
  if (memory === undefined) {
    const accelerator = createAccelerator(TILE_MEMORY_BYTES)
    memory = new TileMemory(KERNELS, accelerator)
    accelerate(accelerator)
    if (accelerator !== undefined) sumWithin(accelerator.memory, accelerator.checksumRoom)
  }
  return memory
}
