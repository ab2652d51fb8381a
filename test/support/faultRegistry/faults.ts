import { connectionFaults } from './connectionFaults.ts'
import { contentFaults } from './contentFaults.ts'
import type { Fault } from './fault.ts'
import { redirectFaults } from './redirectFaults.ts'
import { slowFaults } from './slowFaults.ts'
import { statusFaults } from './statusFaults.ts'

/** Everything that the registry can do wrong, each as a row: what, where, and how it has to end. */
export const faults: readonly Fault[] = [
  ...connectionFaults,
  ...contentFaults,
  ...slowFaults,
  ...statusFaults,
  ...redirectFaults,
]
