// Pointer, wheel, pinch and keyboard on the map.
import type { MapCanvas } from './map.js'
import type { Point } from './view.js'

const KEY_PAN_PIXELS = 96
const KEY_ZOOM = 2
/** Zoom a CSS pixel of wheel travel; a pinch on a trackpad comes as a wheel with ctrlKey and small steps. */
const WHEEL_ZOOM = 0.0022
const TRACKPAD_ZOOM = 0.012

export interface MapInputListeners {
  /** The pointer rests on this pixel, dragging nothing; undefined: it left. */
  onPoint(pixel: Point | undefined): void
  /** A key the map itself has no use for. Returns whether it was used. */
  onKey(key: string): boolean
}

/** `target` takes focus and events; its box is the canvas's. */
export function listenToInput(target: HTMLElement, map: MapCanvas, listeners: MapInputListeners): void {
  // Where the map is does not change while it is dragged, and asking would lay the page out at every move.
  let box = target.getBoundingClientRect()
  const look = () => {
    box = target.getBoundingClientRect()
  }
  for (const type of ['pointerenter', 'pointerdown', 'wheel', 'dblclick'] as const) {
    target.addEventListener(type, look, { capture: true, passive: true })
  }
  addEventListener('scroll', look, { capture: true, passive: true })
  const pixelOf = (event: MouseEvent): Point => ({ x: event.clientX - box.left, y: event.clientY - box.top })
  listenToPointers(target, map, pixelOf, listeners)
  target.addEventListener(
    'wheel',
    (event) => {
      event.preventDefault()
      const lines =
        event.deltaMode === WheelEvent.DOM_DELTA_LINE ? 24 : event.deltaMode === WheelEvent.DOM_DELTA_PAGE ? 240 : 1
      const travel = Math.max(-240, Math.min(240, event.deltaY * lines))
      map.zoomBy(Math.exp(-travel * (event.ctrlKey ? TRACKPAD_ZOOM : WHEEL_ZOOM)), pixelOf(event))
      listeners.onPoint(pixelOf(event))
    },
    { passive: false },
  )
  target.addEventListener('dblclick', (event) => map.zoomBy(event.shiftKey ? 1 / KEY_ZOOM : KEY_ZOOM, pixelOf(event)))
  target.addEventListener('keydown', (event) => {
    if (event.target !== target || event.ctrlKey || event.metaKey || event.altKey) return
    if (pressKey(event, map) || listeners.onKey(event.key)) event.preventDefault()
  })
}

function pressKey(event: KeyboardEvent, map: MapCanvas): boolean {
  const pixels = event.shiftKey ? KEY_PAN_PIXELS * 4 : KEY_PAN_PIXELS
  const pan = (right: number, down: number) =>
    map.glide(({ x, y, scale }) => ({ x: x + (right * pixels) / scale, y: y + (down * pixels) / scale, scale }))
  const actions: Readonly<Record<string, () => void>> = {
    ArrowLeft: () => pan(-1, 0),
    ArrowRight: () => pan(1, 0),
    ArrowUp: () => pan(0, -1),
    ArrowDown: () => pan(0, 1),
    '+': () => map.glideZoom(KEY_ZOOM),
    '=': () => map.glideZoom(KEY_ZOOM),
    '-': () => map.glideZoom(1 / KEY_ZOOM),
    _: () => map.glideZoom(1 / KEY_ZOOM),
    Home: () => map.glideHome(),
    '0': () => map.glideHome(),
  }
  const action = actions[event.key]
  action?.()
  return action !== undefined
}

/** One pointer drags; two drag and pinch. */
function listenToPointers(
  target: HTMLElement,
  map: MapCanvas,
  pixelOf: (event: MouseEvent) => Point,
  listeners: MapInputListeners,
): void {
  const pointers = new Map<number, Point>()
  const middle = (): Point => {
    const [a, b = a] = [...pointers.values()]
    return a && b ? { x: (a.x + b.x) / 2, y: (a.y + b.y) / 2 } : map.centre
  }
  const spread = (): number => {
    const [a, b] = [...pointers.values()]
    return a && b ? Math.hypot(a.x - b.x, a.y - b.y) : 0
  }
  target.addEventListener('pointerdown', (event) => {
    if (event.button !== 0 || pointers.size >= 2) return
    target.setPointerCapture(event.pointerId)
    pointers.set(event.pointerId, pixelOf(event))
    target.classList.add('dragging')
  })
  target.addEventListener('pointermove', (event) => {
    if (pointers.has(event.pointerId)) {
      const [before, spreadBefore] = [middle(), spread()]
      pointers.set(event.pointerId, pixelOf(event))
      const [after, spreadAfter] = [middle(), spread()]
      map.panBy(before.x - after.x, before.y - after.y)
      if (spreadBefore > 0 && spreadAfter > 0) map.zoomBy(spreadAfter / spreadBefore, after)
    } else listeners.onPoint(pixelOf(event))
  })
  const release = (event: PointerEvent) => {
    pointers.delete(event.pointerId)
    if (pointers.size === 0) target.classList.remove('dragging')
  }
  target.addEventListener('pointerup', release)
  target.addEventListener('pointercancel', release)
  target.addEventListener('pointerleave', (event) => {
    if (event.pointerType === 'mouse') listeners.onPoint(undefined)
  })
}
