import { createRequire } from 'node:module'
import { join } from 'node:path'
import { extensions } from 'vscode'

/** What a file of `dist` exports, as `core.cjs`: the very module that the extension uses, in the process where it does. */
export function deliveredFile(name: string): unknown {
  const extension = extensions.getExtension('chartroom.chartroom')
  if (extension === undefined) throw new Error('Chartroom is not there.')
  return createRequire(join(extension.extensionPath, 'dist', 'extension.cjs'))(`./${name}`)
}
