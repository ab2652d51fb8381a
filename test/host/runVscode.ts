#!/usr/bin/env node
/**
 * Takes the place of the desktop VS Code's executable for `@vscode/test-electron`: understands the few arguments that
 * `runTests` passes, and runs the tests in the extension host of a VS Code server, with headless Chromium as its window.
 */
import { createWriteStream } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import type { Writable } from 'node:stream'
import { parseArgs } from 'node:util'
import type { Page } from 'playwright-core'
import { startVscodeServer, type VscodeServer } from '../../scripts/vscodeServer.ts'
import { launchBrowser } from '../support/browser.ts'
import { hostErrors } from '../support/hostLog.ts'
import { concludeSearch, searchDirectory } from '../support/planted/search.ts'

/** Milliseconds that a whole run may take. */
const limit = 10 * 60_000

const { values, positionals } = parseArgs({
  options: { extensionDevelopmentPath: { type: 'string' }, extensionTestsPath: { type: 'string' } },
  allowPositionals: true,
  // The other arguments are the desktop's own.
  strict: false,
})
process.exitCode = await runInWindow(
  resolve(String(values.extensionDevelopmentPath)),
  resolve(String(values.extensionTestsPath)),
  positionals[0] ?? process.cwd(),
)

/** @returns the exit code: 0 where every test passed and the extension host logged no error of Chartroom's */
async function runInWindow(extension: string, tests: string, folder: string): Promise<number> {
  const dataDirectory = await mkdtemp(join(tmpdir(), 'chartroom-host-'))
  const server = await startVscodeServer({ dataDirectory, smokeTestDriver: true })
  const browser = await launchBrowser()
  const log = createWriteStream(join(dirname(tests), 'window.log'))
  try {
    const page = await browser.newPage()
    await page.exposeFunction('codeAutomationLog', (_type: string, args: readonly unknown[]) => {
      show(args.map((arg) => (typeof arg === 'string' ? arg : JSON.stringify(arg))).join(' '), log)
    })
    const ended = endOf(page, server)
    await page.goto(windowAddress(server.url, folder, extension, tests))
    return (await ended) || (await faultsOf(server, dataDirectory, extension))
  } finally {
    log.end()
    await browser.close()
    await server.stop()
    await searchDirectory(dataDirectory)
    await rm(dataDirectory, { recursive: true, force: true, maxRetries: 5 })
    concludeSearch()
  }
}

/** @returns 1 where the extension host logged an error of Chartroom's, or left a rejection unhandled; else 0 */
async function faultsOf(server: VscodeServer, dataDirectory: string, extension: string): Promise<number> {
  // The log is complete then.
  await server.stop()
  const errors = await hostErrors(dataDirectory, join(extension, 'dist'))
  for (const error of errors) process.stdout.write(`✗ in the log of the extension host: ${error}\n`)
  return errors.length === 0 ? 0 : 1
}

/** The window logs through the same function as the tests: their lines begin with a mark, its own go to a file. */
function show(text: string, log: Writable): void {
  if (/^[✓✗-] /u.test(text)) process.stdout.write(`${text}\n`)
  else log.write(`${text}\n`)
}

async function endOf(page: Page, server: VscodeServer): Promise<number> {
  return await new Promise<number>((resolve, reject) => {
    const fail = (reason: string) => {
      reject(new Error(`${reason} What the window logged is in out/host/window.log.`))
    }
    const late = setTimeout(() => {
      fail(`The tests did not end within ${limit / 60_000} minutes.`)
    }, limit)
    page.once('crash', () => {
      fail('The page of the window crashed.')
    })
    server.process.once('exit', () => {
      fail('The VS Code server ended before the tests.')
    })
    page
      .exposeFunction('codeAutomationExit', (code: number) => {
        clearTimeout(late)
        resolve(code)
      })
      .catch(reject)
  })
}

function windowAddress(server: string, folder: string, extension: string, tests: string): string {
  const remote = (path: string) => `vscode-remote://${new URL(server).host}${path}`
  const address = new URL(server)
  address.searchParams.set('folder', folder)
  address.searchParams.set(
    'payload',
    JSON.stringify([
      ['extensionDevelopmentPath', remote(extension)],
      ['extensionTestsPath', remote(tests)],
      ['skipWelcome', 'true'],
    ]),
  )
  return address.href
}
