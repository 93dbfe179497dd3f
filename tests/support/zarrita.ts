// zarrita as pages of tests get it.
export * from 'zarrita'
