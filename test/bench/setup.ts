import { mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { ensureSystemPackages } from '../../scripts/systemPackages.ts'
import { installVscode, installVsix } from '../../scripts/vscodeServer.ts'
import { packExtension } from '../support/packExtension.ts'

const project = join(import.meta.dirname, '..', '..')
const home = join(project, 'out', 'bench')

/** Where the packaged extension stands beside those that it is compared with. */
export const extensionsDirectory = join(home, 'extensions')

/** Before the first measurement: installs Chartroom and the extensions that it is compared with. */
export async function setup(): Promise<void> {
  await ensureSystemPackages(['chromium', 'docker-registry'], console.log)
  await installVscode(console.log)
  await rm(home, { recursive: true, force: true })
  await mkdir(home, { recursive: true })
  const packages = [join(project, 'dist', 'chartroom.vsix')]
  for (const name of ['idle', 'constant-rows'])
    packages.push(await packExtension(join(import.meta.dirname, 'extensions', name), home))
  for (const vsix of packages)
    await installVsix(vsix, { dataDirectory: join(home, 'data'), extensionsDirectory })
}
