// The packages that examples import, as the test server has them.
export const PACKAGES = {
  'apache-arrow': () => import('apache-arrow'),
  react: () => import('react'),
  'react-dom/client': () => import('react-dom/client'),
  'svelte/store': () => import('svelte/store'),
  vue: () => import('vue'),
  zarrita: () => import('zarrita'),
}
