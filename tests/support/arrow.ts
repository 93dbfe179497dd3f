// apache-arrow as pages of tests get it.
export * from 'apache-arrow'
