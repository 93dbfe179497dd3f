// The storage worker as scripts of which it runs all but the first when they are needed.
import { findPartsAt } from './parts.js'
import { serve } from './serve.js'

serve(findPartsAt)
