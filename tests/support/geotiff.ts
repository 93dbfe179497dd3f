// geotiff as pages of tests get it.
export * from 'geotiff'
