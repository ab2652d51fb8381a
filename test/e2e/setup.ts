import { ensureSystemPackages } from '../../scripts/systemPackages.ts'
import { installVscode } from '../../scripts/vscodeServer.ts'
import { installExtension } from '../support/installedExtension.ts'

/** Before the first test file: what a window needs is there. */
export async function setup(): Promise<void> {
  await ensureSystemPackages(['chromium'], console.log)
  await installVscode(console.log)
  await installExtension()
}
