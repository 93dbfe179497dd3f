// Finds elements that index.html promises, with their class checked.

type ElementClass<T extends Element> = abstract new (...args: never[]) => T

/** The element with that id. Errors: Error where index.html has none of that class. */
export function byId<T extends Element = HTMLElement>(id: string, type?: ElementClass<T>): T {
  return checked(document.getElementById(id), `#${id}`, type)
}

/** The element marked `data-is="name"` inside `root`. */
export function part<T extends Element = HTMLElement>(root: ParentNode, name: string, type?: ElementClass<T>): T {
  return checked(root.querySelector(`[data-is="${name}"]`), `[data-is="${name}"]`, type)
}

/** A copy of the one element in a template. */
export function stamp(templateId: string): HTMLElement {
  const { content } = byId(templateId, HTMLTemplateElement)
  return checked(document.importNode(content, true).firstElementChild, `#${templateId} > *`, HTMLElement)
}

function checked<T extends Element>(element: Element | null, selector: string, type?: ElementClass<T>): T {
  const wanted: ElementClass<Element> = type ?? HTMLElement
  if (!(element instanceof wanted)) throw new Error(`index.html has no ${wanted.name} at ${selector}`)
  return element as T // instanceof `type`, or HTMLElement where T is left at its default
}
