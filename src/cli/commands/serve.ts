import type { Command } from '../args.ts'
import type { Context } from '../context.ts'
import { startLocalRegistry } from '../../localRegistry/index.ts'

type Serve = Extract<Command, { verb: 'registry serve' }>

/** Runs the registry until the signal is aborted, which is how it is meant to end, or its state file goes away. */
export async function serve(command: Serve, { print, options }: Context): Promise<number> {
  const { verb: _verb, ...settings } = command
  const registry = await startLocalRegistry({
    ...settings,
    ...(options.log === undefined ? {} : { log: options.log }),
    onRequest: ({ method, path, status, milliseconds }) => {
      print.lines(`${method} ${path} ${status} ${Math.round(milliseconds)} ms`)
    },
  })
  print.lines(`Listening on ${registry.url}`)
  print.data({ url: registry.url, storage: registry.storage })
  const why = await Promise.race([aborted(options.signal), registry.abandoned])
  if (why !== undefined) print.note(why)
  await registry.stop()
  return 0
}

async function aborted(signal: AbortSignal): Promise<undefined> {
  if (signal.aborted) return
  await new Promise<void>((resolve) => {
    signal.addEventListener('abort', () => {
      resolve()
    })
  })
}
