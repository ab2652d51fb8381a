import { createVSIX } from '@vscode/vsce'
import { mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { ensureSystemPackages } from '../../scripts/systemPackages.ts'
import { installVscode, installVsix } from '../../scripts/vscodeServer.ts'

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
  for (const name of ['idle', 'constant-rows']) packages.push(await packed(name))
  for (const vsix of packages)
    await installVsix(vsix, { dataDirectory: join(home, 'data'), extensionsDirectory })
}

async function packed(name: string): Promise<string> {
  const packagePath = join(home, `${name}.vsix`)
  await createVSIX({
    cwd: join(import.meta.dirname, 'extensions', name),
    packagePath,
    dependencies: false,
    allowMissingRepository: true,
    skipLicense: true,
  })
  return packagePath
}
