// The packages that examples import, as the test server has them.
export const PACKAGES = {
  'apache-arrow': () => import('apache-arrow'),
  // Of CommonJS modules the bundle has the default export alone.
  react: async () => (await import('react')).default,
  'react-dom/client': async () => (await import('react-dom/client')).default,
  svelte: () => import('svelte'),
  // @ts-expect-error: what compiled components import has no types
  'svelte/internal/client': () => import('svelte/internal/client'),
  // @ts-expect-error: what compiled components import has no types
  'svelte/internal/disclose-version': () => import('svelte/internal/disclose-version'),
  'svelte/store': () => import('svelte/store'),
  vue: () => import('vue'),
  zarrita: () => import('zarrita'),
}
