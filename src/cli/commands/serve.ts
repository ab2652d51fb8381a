import type { Command } from '../args.ts'
import type { Context } from '../context.ts'
import { startLocalRegistry } from '../../localRegistry/index.ts'

type Serve = Extract<Command, { verb: 'registry serve' }>

/** Runs the registry until the signal is aborted, which is how it is meant to end. */
export async function serve({ port, storage }: Serve, { print, options }: Context): Promise<number> {
  const registry = await startLocalRegistry({
    port,
    ...(storage === undefined ? {} : { storage }),
    ...(options.log === undefined ? {} : { log: options.log }),
    onRequest: ({ method, path, status, milliseconds }) => {
      print.lines(`${method} ${path} ${status} ${Math.round(milliseconds)} ms`)
    },
  })
  print.lines(`Listening on ${registry.url}`)
  print.data({ url: registry.url, storage: registry.storage })
  await aborted(options.signal)
  await registry.stop()
  return 0
}

async function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return
  await new Promise<void>((resolve) => {
    signal.addEventListener('abort', () => {
      resolve()
    })
  })
}
