'use client' // it is rendered on the server all the same, at the build
import '../main.js'

export default function Page() {
  return 'An app that keeps an array'
}
