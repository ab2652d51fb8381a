/**
 * Runs the tests of this folder inside a real VS Code: the one that VSCODE_EXECUTABLE names, else a VS Code server.
 */
import { runTests, TestRunFailedError } from '@vscode/test-electron'
import { mkdir, mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ensureSystemPackages } from '../../scripts/systemPackages.ts'
import { installVscode } from '../../scripts/vscodeServer.ts'
import { bundleForHost } from '../support/bundleForHost.ts'
import { ownHome } from '../support/ownHome.ts'
import { concludeSearch, searchDirectory } from '../support/planted/search.ts'

const project = join(import.meta.dirname, '..', '..')
const desktop = process.env['VSCODE_EXECUTABLE']
if (desktop === undefined) {
  await ensureSystemPackages(['chromium'], console.log)
  await installVscode(console.log)
}
const tests = await bundleTests()
const home = await mkdtemp(join(tmpdir(), 'chartroom-host-home-'))
const folder = join(home, 'workspace')
await mkdir(folder)
try {
  await runTests({
    vscodeExecutablePath: desktop ?? join(import.meta.dirname, 'runVscode.ts'),
    extensionDevelopmentPath: project,
    extensionTestsPath: tests,
    launchArgs: [
      folder,
      `--user-data-dir=${join(home, 'user')}`,
      `--extensions-dir=${join(home, 'extensions')}`,
    ],
    extensionTestsEnv: ownHome(home),
  })
} catch (error) {
  if (!(error instanceof TestRunFailedError)) throw error
  process.exitCode = 1
} finally {
  await searchDirectory(home)
  await rm(home, { recursive: true, force: true })
  concludeSearch()
}

/** @returns the module that VS Code loads to run the tests */
async function bundleTests(): Promise<string> {
  const out = join(project, 'out', 'host')
  await bundleForHost([join(import.meta.dirname, 'index.ts'), ...(await suites())], out)
  return join(out, 'index.js')
}

async function suites(): Promise<string[]> {
  const names = await readdir(import.meta.dirname)
  return names.filter((name) => name.endsWith('.test.ts')).map((name) => join(import.meta.dirname, name))
}
