/**
 * A custom element that shows what is going on on a disk, for any page to mount:
 *
 * ```ts
 * import 'lazy-disk-cache/inspector'
 *
 * const inspector = document.createElement('lazy-disk-cache-inspector')
 * inspector.disk = disk
 * document.body.append(inspector)
 * ```
 *
 * Importing it registers the element; in Node, and where it is registered already, that does nothing.
 *
 * @module
 */
import { LazyDiskCacheInspector } from './inspector/element.js'

export { LazyDiskCacheInspector }

const NAME = 'lazy-disk-cache-inspector'

declare global {
  interface HTMLElementTagNameMap {
    [NAME]: LazyDiskCacheInspector
  }
}

if (typeof customElements !== 'undefined' && customElements.get(NAME) === undefined) {
  customElements.define(NAME, LazyDiskCacheInspector)
}
