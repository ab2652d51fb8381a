import { createVSIX } from '@vscode/vsce'
import { basename, join } from 'node:path'

/**
 * Packs an extension of the tests' own, so that it can be installed beside Chartroom.
 * @param source its directory
 * @returns the package, in the directory `into`
 */
export async function packExtension(source: string, into: string): Promise<string> {
  const packagePath = join(into, `${basename(source)}.vsix`)
  await createVSIX({
    cwd: source,
    packagePath,
    dependencies: false,
    allowMissingRepository: true,
    skipLicense: true,
  })
  return packagePath
}
