import { setFlagsFromString } from 'node:v8'

/**
 * Keeps V8's young generation as small as it starts.
 *
 * Streaming makes few and small objects, each of which holds on to a large buffer outside the heap. A young generation that grows with
 * time is cleared more and more rarely, and memory would seem to grow with the chart although nothing is kept.
 */
export function keepMemoryFlat(): void {
  setFlagsFromString('--semi-space-growth-factor=1')
  setFlagsFromString('--min-semi-space-size=1')
}
