// The docs' site.
import { defineConfig } from 'vitepress'

const page = (text: string, link: string) => ({ text, link })

export default defineConfig({
  title: 'lazy-disk-cache',
  description: 'N-dimensional arrays kept on disk in the browser, brought back when they are needed',
  srcExclude: ['node_modules/**'],
  ignoreDeadLinks: [/guarantees$/, /^\.\/(README|LICENSE|ARCHITECTURE)/], // guarantees.md is a page where it is there
  themeConfig: {
    outline: 'deep',
    search: { provider: 'local' },
    sidebar: [
      { text: 'Start', items: [page('What it is, and when not', '/'), page('Tutorial', '/tutorial')] },
      {
        text: 'How to',
        items: [
          page('React', '/how-to/react'),
          page('Vue', '/how-to/vue'),
          page('Svelte', '/how-to/svelte'),
          page('zarrita', '/how-to/zarrita'),
          page('A Web Worker of your own', '/how-to/worker'),
          page('Exchange with NumPy', '/how-to/numpy'),
        ],
      },
      {
        text: 'Know',
        items: [
          page('Coming from Python', '/from-python'),
          page('Guarantees', '/guarantees'),
          page('Caveats', '/caveats'),
          page('Performance', '/performance'),
          page('Architecture', '/architecture'),
        ],
      },
      { text: 'Reference', items: [page('API', '/reference/')] },
    ],
  },
})
