import type { FrameLocator, Locator, Page } from 'playwright-core'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { QuickInput } from './quickInput.ts'
import {
  appears,
  disappears,
  exactly,
  ignoreTimeout,
  patience,
  startsWith,
  until,
  waitsFor,
} from './waiting.ts'

const pictures = join(import.meta.dirname, '..', '..', 'test-results')

/** The window's themes, with what the workbench says about itself in each. */
const themeClasses = {
  'Dark Modern': 'vs-dark',
  'Light Modern': 'vs',
  'Default High Contrast': 'hc-black',
  'Default High Contrast Light': 'hc-light',
} as const

export type Theme = keyof typeof themeClasses

const themes = Object.keys(themeClasses) as readonly Theme[]

export interface Surroundings {
  readonly home: string
  readonly workspaceFolder: string
  readonly cacheHome: string
  readonly close: () => Promise<void>
}

/** A VS Code window as its user sees it. What does not happen in time fails with the name of what was tried, and a picture. */
export class Workbench {
  readonly page: Page
  readonly home: string
  readonly workspaceFolder: string
  readonly cacheHome: string
  /** The side bar, where the trees are. */
  readonly sideBar: Locator
  readonly quickInput: QuickInput
  readonly close: () => Promise<void>

  constructor(page: Page, { home, workspaceFolder, cacheHome, close }: Surroundings) {
    this.page = page
    this.home = home
    this.workspaceFolder = workspaceFolder
    this.cacheHome = cacheHome
    this.close = close
    this.sideBar = page.locator('.part.sidebar')
    this.quickInput = new QuickInput(page, (what, work) => this.doing(what, work))
  }

  /** Shows a view of an activity bar container and returns its part of the side bar. */
  async openView(name: string, container = 'Chartroom'): Promise<Locator> {
    return await this.doing(`opening the view ${name}`, async () => {
      const tab = this.page.locator('.part.activitybar').getByRole('tab', { name: startsWith(container) })
      await until(async () => {
        if ((await tab.getAttribute('aria-selected')) === 'true') return true
        await tab.click({ timeout: 2000 }).catch(ignoreTimeout)
        return false
      })
      const title = this.page.locator('.pane-header h3.title', { hasText: exactly(name) })
      const view = this.sideBar.locator('.pane').filter({ has: title })
      const header = view.locator('.pane-header')
      await header.waitFor({ state: 'attached' })
      // A container shows its only view without a header.
      if ((await header.isVisible()) && (await header.getAttribute('aria-expanded')) === 'false') {
        await header.click()
      }
      // It is active until the extension has answered.
      await this.sideBar
        .locator('.content > .monaco-progress-container.active')
        .waitFor({ state: 'detached' })
      return view.locator('.pane-body')
    })
  }

  /** Shows the workspace folder in the Explorer. */
  async openExplorer(): Promise<Locator> {
    return await this.openView(basename(this.workspaceFolder), 'Explorer')
  }

  /** The row of a tree in the side bar with exactly this label. Only rows that are scrolled into view exist. */
  row(label: string): Locator {
    const name = this.page.locator('.label-name', { hasText: exactly(label) })
    return this.sideBar.getByRole('treeitem').filter({ has: name })
  }

  /** What every row in sight shows, from the top: its label, a space and its description. */
  async rows(): Promise<string[]> {
    return await this.page.evaluate<string[]>(readRows)
  }

  /** Goes to the last row of the tree that has the focus, which is this one sooner or later. */
  async goToLast(label: string): Promise<void> {
    await this.doing(`going to the last row, ${label}`, () =>
      until(async () => {
        await this.page.keyboard.press('End')
        return await appears(this.row(label).first(), 300)
      }),
    )
  }

  async expand(label: string): Promise<void> {
    await this.setExpanded(label, true)
  }

  async collapse(label: string): Promise<void> {
    await this.setExpanded(label, false)
  }

  /** Right-clicks a row and chooses an item of its menu, once it is there; several items walk down the submenus. */
  async contextMenu(label: string, ...items: readonly string[]): Promise<void> {
    const [first = '', ...others] = items
    await this.doing(`choosing ${items.join(' → ')} in the menu of the row ${label}`, async () => {
      // What a row offers depends on what is known of it by now.
      await until(async () => {
        await this.row(label).first().click({ button: 'right', timeout: 2000 }).catch(ignoreTimeout)
        if (await appears(this.menuItem(first), 2000)) return true
        await this.page.keyboard.press('Escape')
        return false
      })
      for (const item of [first, ...others]) await this.chooseMenuItem(item)
    })
  }

  /**
   * Chooses an item of the menu in the title of a view; several items walk down the submenus. A menu closes when what it
   * belongs to is drawn again, as a view is while it settles: it is opened until it stays.
   */
  async titleMenu(view: string, ...items: readonly string[]): Promise<void> {
    await this.doing(`choosing ${items.join(' → ')} in the menu of the view ${view}`, async () => {
      const header = this.sideBar.locator('.pane-header', { hasText: view })
      const wanted = items.at(-1) ?? ''
      const label = this.page.locator('.monaco-menu .action-label', { hasText: exactly(wanted) })
      await until(async () => {
        await this.page.keyboard.press('Escape')
        await header.hover()
        await header.getByRole('button', { name: 'More Actions' }).first().click()
        for (const item of items.slice(0, -1)) {
          const submenu = this.page.locator('.monaco-menu .action-item', { hasText: item }).last()
          if (!(await appears(submenu, 2000))) return false
          await submenu.hover({ timeout: 2000 }).catch(ignoreTimeout)
        }
        return await appears(label, 2000)
      })
      await this.chooseMenuItem(wanted)
    })
  }

  /** The items of a row's menu, in order. The menu is closed again. */
  async menuOf(label: string): Promise<string[]> {
    return await this.doing(`opening the menu of the row ${label}`, async () => {
      await this.row(label).first().click({ button: 'right' })
      const items = this.page.locator('.monaco-menu').getByRole('menuitem')
      await items.first().waitFor()
      const names = await items.locator('.action-label').allInnerTexts()
      await this.page.keyboard.press('Escape')
      await this.page.locator('.monaco-menu').waitFor({ state: 'detached' })
      return names.map((name) => name.trim()).filter((name) => name !== '')
    })
  }

  /** Clicks a row's inline action, or an action in a view's title: both are buttons with the command's title. */
  async clickAction(title: string, rowLabel?: string): Promise<void> {
    await this.doing(`clicking the action ${title}`, async () => {
      const around = rowLabel === undefined ? this.sideBar : this.row(rowLabel).first()
      const action = around.getByRole('button', { name: startsWith(title) }).first()
      // Actions appear under the mouse, and a row that is painted anew may move away from it.
      await until(async () => {
        const clicked = around.hover({ timeout: 2000 }).then(() => action.click({ timeout: 2000 }))
        return await clicked.then(() => true, ignoreTimeout)
      })
    })
  }

  /** Rests the mouse on a row until its tooltip shows a text, and returns the tooltip. */
  async tooltip(label: string, text: string | RegExp): Promise<Locator> {
    return await this.doing(`reading the tooltip of the row ${label}`, async () => {
      const tooltip = this.page.locator('.workbench-hover:visible')
      // A row that is painted anew loses its tooltip until the mouse comes again.
      await until(async () => {
        await this.page.mouse.move(0, 0)
        await this.row(label).first().hover({ timeout: 2000 }).catch(ignoreTimeout)
        return await appears(tooltip.getByText(text).first(), 3000)
      })
      return tooltip
    })
  }

  /** Runs a command from the palette, as `Chartroom: Show Log`. */
  async runCommand(title: string): Promise<void> {
    await this.doing(`running the command ${title}`, async () => {
      // The palette lists an extension's commands some time after the window is drawn.
      await until(async () => {
        await this.page.keyboard.press('F1')
        await this.quickInput.box.waitFor()
        await this.quickInput.input.fill(`>${title}`)
        const item = this.quickInput.items.filter({ has: this.page.locator(`text="${title}"`) }).first()
        if (await appears(item, 2000)) {
          await item.click()
          return true
        }
        await this.page.keyboard.press('Escape')
        return false
      })
    })
  }

  /** Waits for a notification that contains the text. */
  async notification(text: string | RegExp): Promise<Locator> {
    return await this.doing(`waiting for the notification ${String(text)}`, async () => {
      const found = this.page
        .locator('.notifications-toasts .notification-list-item')
        .filter({ hasText: text })
        .first()
      // Some hide again before the picture of a failure is taken.
      const seen = new Set<string>()
      const came = await waitsFor(async () => {
        for (const message of await this.notifications()) seen.add(message)
        return await found.isVisible()
      }, patience)
      if (!came) throw new Error(`Seen instead: ${[...seen].join(' | ') || 'nothing'}`)
      return found
    })
  }

  /** The text of every notification that is shown. */
  async notifications(): Promise<string[]> {
    return await this.page
      .locator('.notifications-toasts .notification-list-item .notification-list-item-message')
      .allInnerTexts()
  }

  async clickNotificationAction(text: string | RegExp, action: string): Promise<void> {
    const notification = await this.notification(text)
    await this.doing(`clicking ${action} in the notification ${String(text)}`, async () => {
      // Of a long notification the buttons can be hidden until it has the mouse.
      await notification.hover()
      await notification.getByRole('button', { name: action, exact: true }).click()
    })
  }

  /** Answers a modal dialog by one of its buttons and returns what it said. */
  async answerDialog(button: string): Promise<string> {
    return await this.doing(`answering a dialog with ${button}`, async () => {
      const dialog = this.page.locator('.monaco-dialog-box')
      const text = await dialog.locator('.dialog-message-container').innerText()
      await dialog.getByRole('button', { name: button, exact: true }).click()
      await dialog.waitFor({ state: 'detached' })
      return text
    })
  }

  /** The editor of the tab with this title, once it shows text. */
  async editor(title: string): Promise<Locator> {
    return await this.doing(`waiting for the editor ${title}`, async () => {
      await this.page.locator('.tabs-container .tab.active', { hasText: title }).first().waitFor()
      const lines = this.page.locator('.editor-instance .view-lines')
      await lines.locator('.view-line').first().waitFor()
      return lines
    })
  }

  /** What the preview of a Markdown document shows: the editor puts it into a frame of a frame. */
  preview(): FrameLocator {
    return this.page.frameLocator('iframe.webview.ready').frameLocator('#active-frame')
  }

  /** What was copied last. */
  async clipboard(): Promise<string> {
    return String(await this.page.evaluate('navigator.clipboard.readText()'))
  }

  /** Keeps a picture of the window as `test-results/NAME.png`. */
  async screenshot(name: string): Promise<string> {
    await mkdir(pictures, { recursive: true })
    const path = join(pictures, `${name}.png`)
    await this.page.screenshot({ path, animations: 'disabled', caret: 'hide' })
    return path
  }

  /** Keeps a picture of the window in every theme, as `test-results/NAME (THEME).png`. */
  async pictures(name: string): Promise<void> {
    for (const theme of themes) {
      await this.setTheme(theme)
      await this.screenshot(`${name} (${theme})`)
    }
  }

  /** Chooses a theme by the settings of the workspace, which the window reads at once. */
  async setTheme(theme: Theme): Promise<void> {
    await this.doing(`choosing the theme ${theme}`, async () => {
      const directory = join(this.workspaceFolder, '.vscode')
      await mkdir(directory, { recursive: true })
      await writeFile(
        join(directory, 'settings.json'),
        JSON.stringify({ ...(await this.#settings(directory)), 'workbench.colorTheme': theme }),
      )
      await this.page.locator(`.monaco-workbench.${themeClasses[theme]}`).waitFor()
    })
  }

  async #settings(directory: string): Promise<Record<string, unknown>> {
    const text = await readFile(join(directory, 'settings.json'), 'utf8').catch(() => '{}')
    return JSON.parse(text) as Record<string, unknown>
  }

  /** Names what is tried, so that a failure says it; keeps a picture of the window as it was then. */
  async doing<T>(what: string, work: () => Promise<T>): Promise<T> {
    try {
      return await work()
    } catch (error) {
      const picture = await this.screenshot(
        `failed ${what.replaceAll(/[^\w. -]+/g, '_').slice(0, 80)}`,
      ).catch(
        // Where the window itself has gone, the first error says more.
        () => 'none, the window has gone',
      )
      throw new Error(`Failed while ${what} (picture: ${picture})`, { cause: error })
    }
  }

  /** Menus ignore the mouse for their first 100 ms: the click is repeated until the menu has taken it. */
  async chooseMenuItem(item: string): Promise<void> {
    const entry = this.menuItem(item)
    await entry.waitFor()
    const opensMore = (await entry.locator('.submenu-indicator').count()) > 0
    if (opensMore) {
      await entry.hover()
      return
    }
    await until(async () => {
      if ((await entry.count()) === 0) return true
      await entry.click({ timeout: 1000 }).catch(ignoreTimeout)
      return await disappears(entry, 700)
    })
  }

  private menuItem(item: string): Locator {
    return this.page
      .locator('.monaco-menu .action-item')
      .filter({ has: this.page.locator('.action-label', { hasText: exactly(item) }) })
      .last()
  }

  private async setExpanded(label: string, expanded: boolean): Promise<void> {
    await this.doing(`${expanded ? 'expanding' : 'collapsing'} the row ${label}`, async () => {
      const row = this.row(label).first()
      await row.waitFor()
      await until(async () => {
        if ((await row.getAttribute('aria-expanded')) === String(expanded)) return true
        await row.locator('.monaco-tl-twistie').click({ timeout: 2000 }).catch(ignoreTimeout)
        return await waitsFor(
          async () => (await row.getAttribute('aria-expanded')) === String(expanded),
          1000,
        )
      })
    })
  }
}

/** Runs in the page. What may vanish while it is read is read in one go. */
const readRows = `[...document.querySelectorAll('.part.sidebar [role="treeitem"]')]
  .sort((a, b) => a.getBoundingClientRect().top - b.getBoundingClientRect().top)
  .map((row) => ['.label-name', '.label-description'].map((part) => row.querySelector(part)?.textContent ?? ''))
  .map((texts) => texts.join(' ').replaceAll('\\u00a0', ' ').trim())`
