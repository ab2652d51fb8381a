import { isList } from './isList.ts'

/*
 * Sets V8 up for every verb but the list, which streams nothing and has no time for it. What is set here holds for what is compiled and
 * allocated later, so this happens when the module is loaded, before all others.
 */
if (!isList) {
  // An import would be loaded for a list, too.
  const { setFlagsFromString } = process.getBuiltinModule('node:v8')

  // Node keeps its own modules compiled, but not for a V8 with other flags: what is needed soon is loaded before.
  for (const name of [
    'node:crypto',
    'node:fs/promises',
    'node:zlib',
    'node:https',
    'node:dns/promises',
  ] as const)
    process.getBuiltinModule(name)

  // Streaming makes few and small objects, each of which holds on to a large buffer outside the heap. A young generation that grows with
  // time is cleared more and more rarely: memory would seem to grow with the chart although nothing is kept, and V8 would look through
  // the whole heap again and again instead, which takes longer than unpacking the chart.
  setFlagsFromString('--semi-space-growth-factor=1')

  // A thread that compiles can need memory that the main thread has to free. Where that one is at its exit already, each waits for the
  // other for ever; it has happened at the end of a pull. See https://github.com/nodejs/node/issues/54918.
  setFlagsFromString('--no-concurrent-sparkplug')
}
