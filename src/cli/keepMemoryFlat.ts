import { isList } from './isList.ts'

/**
 * Keeps V8's young generation as small as it starts, for every verb but the list, which streams nothing.
 *
 * Streaming makes few and small objects, each of which holds on to a large buffer outside the heap. A young generation that grows with
 * time is cleared more and more rarely: memory would seem to grow with the chart although nothing is kept, and V8 would look through
 * the whole heap again and again instead, which takes longer than unpacking the chart.
 *
 * It grows while the verbs are parsed, so this happens when the module is loaded, before all others.
 */
if (!isList) {
  // An import would be loaded for a list, too.
  process.getBuiltinModule('node:v8').setFlagsFromString('--semi-space-growth-factor=1')
}
