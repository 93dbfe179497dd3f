// The storage worker as one script.
import { serve } from './serve.js'

serve()
