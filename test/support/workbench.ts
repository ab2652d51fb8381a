import type { Browser, Page } from 'playwright-core'
import { randomBytes } from 'node:crypto'
import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startVscodeServer, type VscodeServer } from '../../scripts/vscodeServer.ts'
import { launchBrowser } from './browser.ts'
import { cleanUp } from './cleanUp.ts'
import { hostErrors } from './hostLog.ts'
import { extensionsDirectory } from './installedExtension.ts'
import { ownHome } from './ownHome.ts'
import { searchDirectory } from './planted/search.ts'
import { patience } from './waiting.ts'
import { Workbench } from './workbenchWindow.ts'

export interface WorkbenchOptions {
  /** Absolute; by default an empty folder. */
  readonly workspaceFolder?: string
  /** Helm's cache directory (`HELM_CACHE_HOME`); by default an empty one. */
  readonly cacheHome?: string
  /** User settings. The running window reads only those of its workspace again. */
  readonly settings?: Readonly<Record<string, unknown>>
  /** The settings of scope `machine`. */
  readonly machineSettings?: Readonly<Record<string, unknown>>
  readonly theme?: 'Dark Modern' | 'Light Modern' | 'Default High Contrast' | 'Default High Contrast Light'
  /** Environment of the extension host and the terminals. */
  readonly env?: NodeJS.ProcessEnv
  readonly size?: { readonly width: number; readonly height: number }
  /** Opens the workspace in Restricted Mode; by default workspaces are trusted unasked. */
  readonly restricted?: boolean
  /** Where the installed extensions are; by default Chartroom alone. */
  readonly extensionsDirectory?: string
  /** Names of extensions of VS Code's own that the window goes without. */
  readonly without?: readonly string[]
}

export type { Workbench }

/**
 * Opens a real VS Code window with the packaged extension installed in it. Home, Helm's directories and Docker's are
 * empty ones of its own. The window is closed with the running test, or with the file where a hook opens it; it fails
 * then if the extension host has logged an error of Chartroom's.
 *
 * `npm run package` makes the package that is installed.
 */
export async function openWorkbench(options: WorkbenchOptions = {}): Promise<Workbench> {
  const home = await mkdtemp(join(tmpdir(), 'chartroom-window-'))
  const undo: (() => Promise<void>)[] = [() => rm(home, { recursive: true, force: true, maxRetries: 5 })]
  // What the window leaves is complete once the server has stopped.
  undo.push(
    () => searchDirectory(home),
    () => checkHostLog(home),
  )
  const close = async () => {
    const failures: unknown[] = []
    for (const work of undo.splice(0).reverse()) await work().catch((error: unknown) => failures.push(error))
    if (failures.length > 0) throw failures[0]
  }
  cleanUp(close)
  const folder = options.workspaceFolder ?? join(home, 'workspace')
  const cacheHome = options.cacheHome ?? join(home, 'helm', 'cache')
  await mkdir(folder, { recursive: true })
  const server = await startServer(home, cacheHome, options)
  undo.push(() => server.stop())
  const browser = await launchBrowser()
  undo.push(() => browser.close())
  const page = await openPage(browser, options.size ?? { width: 1280, height: 800 })
  const workbench = new Workbench(page, { home, workspaceFolder: folder, cacheHome, close })
  await page.goto(`${server.url}?${new URLSearchParams({ folder }).toString()}`)
  await workbench.doing('opening the window', async () => {
    await page.locator('.monaco-workbench .part.activitybar').waitFor({ timeout: 60_000 })
    // The status bar names the remote once the extension host answers.
    await page.locator('.part.statusbar').waitFor()
  })
  if (options.restricted === true) await workbench.answerDialog("No, I don't trust the authors")
  return workbench
}

async function checkHostLog(home: string): Promise<void> {
  const errors = await hostErrors(join(home, 'vscode'))
  if (errors.length > 0) {
    throw new Error(`The extension host logged errors of Chartroom's:\n${errors.join('\n')}`)
  }
}

/** Without the question, which a window asks at once, this host grants trust by itself. */
const askingForTrust = {
  'security.workspace.trust.enabled': true,
  'security.workspace.trust.startupPrompt': 'always',
}

async function startServer(
  home: string,
  cacheHome: string,
  options: WorkbenchOptions,
): Promise<VscodeServer> {
  const theme = options.theme === undefined ? {} : { 'workbench.colorTheme': options.theme }
  return await startVscodeServer({
    dataDirectory: join(home, 'vscode'),
    extensionsDirectory: options.extensionsDirectory ?? extensionsDirectory,
    ...(options.without === undefined ? {} : { without: options.without }),
    ...(options.machineSettings === undefined ? {} : { machineSettings: options.machineSettings }),
    settings: { ...theme, ...(options.restricted === true ? askingForTrust : {}), ...options.settings },
    env: { ...ownHome(home), HELM_CACHE_HOME: cacheHome, ...options.env },
  })
}

async function openPage(browser: Browser, viewport: { width: number; height: number }): Promise<Page> {
  const context = await browser.newContext({ viewport, locale: 'en-US' })
  await context.grantPermissions(['clipboard-read', 'clipboard-write'])
  const page = await context.newPage()
  page.setDefaultTimeout(patience)
  // The bare server does not answer this; without it the window forgets its secrets when it is loaded again.
  const key = randomBytes(32)
  await page.route('**/mint-key', (route) => route.fulfill({ body: key }))
  return page
}
