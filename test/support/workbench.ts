import type { Browser, Page } from 'playwright-core'
import { randomBytes } from 'node:crypto'
import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startVscodeServer, type VscodeServer } from '../../scripts/vscodeServer.ts'
import { launchBrowser } from './browser.ts'
import { cleanUp } from './cleanUp.ts'
import { extensionsDirectory } from './installedExtension.ts'
import { ownHome } from './ownHome.ts'
import { patience } from './waiting.ts'
import { Workbench } from './workbenchWindow.ts'

export interface WorkbenchOptions {
  /** Absolute; by default an empty folder. */
  readonly workspaceFolder?: string
  /** Helm's cache directory (`HELM_CACHE_HOME`); by default an empty one. */
  readonly cacheHome?: string
  /** User settings. The running window reads only those of its workspace again. */
  readonly settings?: Readonly<Record<string, unknown>>
  readonly theme?: 'Dark Modern' | 'Light Modern' | 'Default High Contrast' | 'Default High Contrast Light'
  /** Environment of the extension host and the terminals. */
  readonly env?: NodeJS.ProcessEnv
  readonly size?: { readonly width: number; readonly height: number }
}

export type { Workbench }

/**
 * Opens a real VS Code window with the packaged extension installed in it. Home, Helm's directories and Docker's are
 * empty ones of its own. The window is closed with the running test, or with the file where a hook opens it.
 *
 * `npm run package` makes the package that is installed.
 */
export async function openWorkbench(options: WorkbenchOptions = {}): Promise<Workbench> {
  const home = await mkdtemp(join(tmpdir(), 'chartroom-window-'))
  const undo: (() => Promise<void>)[] = [() => rm(home, { recursive: true, force: true, maxRetries: 5 })]
  const close = async () => {
    for (const work of undo.splice(0).reverse()) await work()
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
  return workbench
}

async function startServer(
  home: string,
  cacheHome: string,
  options: WorkbenchOptions,
): Promise<VscodeServer> {
  const theme = options.theme === undefined ? {} : { 'workbench.colorTheme': options.theme }
  return await startVscodeServer({
    dataDirectory: join(home, 'vscode'),
    extensionsDirectory,
    settings: { ...theme, ...options.settings },
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
