/**
 * Packs the extension as `dist/chartroom.vsix` and checks its size.
 */
import { createVSIX } from '@vscode/vsce'
import { stat } from 'node:fs/promises'
import { join } from 'node:path'

/** Bytes. The extension and the command line, which needs no extension, each bring the core. */
const limit = 550 * 1000
const project = join(import.meta.dirname, '..')
const packagePath = join(project, 'dist', 'chartroom.vsix')
// Everything that the extension imports is in its bundle.
await createVSIX({
  cwd: project,
  packagePath,
  dependencies: false,
  allowMissingRepository: true,
  // The README links to files beside it, and there is no public repository that the links could be led to.
  rewriteRelativeLinks: false,
})
const { size } = await stat(packagePath)
console.log(`dist/chartroom.vsix  ${Math.ceil(size / 1000)} KB (limit ${limit / 1000} KB)`)
if (size >= limit) {
  console.error('The package is too large.')
  process.exitCode = 1
}
