// What the page and the hand-written worker of the floor say to each other.

export type FloorRequest =
  | { readonly kind: 'write'; readonly at: number; readonly bytes: Uint8Array<ArrayBuffer> }
  | { readonly kind: 'read'; readonly at: number; readonly into: Uint8Array<ArrayBuffer> }
  | { readonly kind: 'read-many'; readonly ranges: readonly { offset: number; length: number }[] }
  | { readonly kind: 'truncate'; readonly size: number }
  | { readonly kind: 'close' }

export interface FloorAnswer {
  /** The buffer that was sent, or one made for the ranges; transferred. */
  readonly bytes: Uint8Array<ArrayBuffer>
  /** Time in the file's own calls, by the worker's clock. */
  readonly milliseconds: number
}
