import { watch, type FSWatcher } from 'node:fs'

/** Calls back when something in a directory changes; `onError` when watching ends. The directory must exist. */
export function watchDirectory(
  path: string,
  onChange: (name: string | null) => void,
  onError: (error: Error) => void,
): FSWatcher {
  const watcher = watch(path, { persistent: false }, (_event, name) => {
    onChange(name)
  })
  watcher.on('error', onError)
  return watcher
}
