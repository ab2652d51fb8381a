import fc from 'fast-check'
import { Random } from './random.ts'

/** CHARTROOM_SEED, else the time. */
const { seed } = new Random()

fc.configureGlobal({ seed })
console.log(`properties tried with seed ${seed} (CHARTROOM_SEED)`)

/** fast-check, with one seed that is printed and can be given again. */
export default fc
