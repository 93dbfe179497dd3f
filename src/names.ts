// Names of Web Locks and of the OPFS folder, for page and storage worker; `name` is a disk's.
export const ownerLockName = (name: string): string => `lazy-disk-cache:owner:${name}`
/** Held by the worker that computes beside the owner. */
export const secondLockName = (name: string): string => `lazy-disk-cache:second:${name}`
export const pageLockName = (name: string): string => `lazy-disk-cache:page:${name}`
export const clientLockName = (client: string): string => `lazy-disk-cache:client:${client}`
export const ROOT_FOLDER = 'lazy-disk-cache'
