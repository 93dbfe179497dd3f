// Ids that no other page has.

/** 128 random bits in hex. crypto.randomUUID is missing on insecure origins. */
export function randomId(): string {
  return [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, '0')).join('')
}
