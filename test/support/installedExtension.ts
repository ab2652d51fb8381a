import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { installVsix } from '../../scripts/vscodeServer.ts'

const project = join(import.meta.dirname, '..', '..')
const home = join(project, 'out', 'e2e')

/** Where `installExtension` puts the packaged extension, for every window of a run. */
export const extensionsDirectory = join(home, 'extensions')

/** Installs `dist/chartroom.vsix`, as a person would, in place of the one of the last run. */
export async function installExtension(): Promise<void> {
  await rm(home, { recursive: true, force: true })
  const vsix = join(project, 'dist', 'chartroom.vsix')
  await installVsix(vsix, { dataDirectory: join(home, 'data'), extensionsDirectory })
}
