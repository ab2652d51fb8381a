import type { Locator, Page } from 'playwright-core'
import { appears, disappears, until, waitsFor } from './waiting.ts'
import type { Workbench } from './workbench.ts'

/** A person who uses the window without a mouse. */
export class Keyboard {
  readonly #workbench: Workbench
  readonly #page: Page

  constructor(workbench: Workbench) {
    this.#workbench = workbench
    this.#page = workbench.page
  }

  /** Runs a command from the palette, as `Chartroom: Show Log`. */
  async run(title: string): Promise<void> {
    const { quickInput } = this.#workbench
    await this.#workbench.doing(`running ${title} by keyboard`, async () => {
      // The palette lists an extension's commands some time after the window is drawn.
      await until(async () => {
        await this.press('F1')
        await quickInput.box.waitFor()
        await this.write(title)
        const first = quickInput.items.first().locator('.label-name')
        const isListed = await holds(first, title)
        await this.press(isListed ? 'Enter' : 'Escape')
        return isListed
      })
    })
  }

  /** Types a text and confirms it, once the question with this title, or prompt, is there. */
  async answer(question: string, text: string): Promise<void> {
    await this.#workbench.doing(`answering ${question} by keyboard`, async () => {
      await this.#workbench.quickInput.box.getByText(question).first().waitFor()
      await this.press('ControlOrMeta+a')
      await this.write(text)
      await until(async () => {
        await this.press('Enter')
        return await this.#isAnswered(question)
      })
    })
  }

  /** Confirms what a question proposes. */
  async accept(question: string): Promise<void> {
    await this.#workbench.doing(`accepting ${question} by keyboard`, async () => {
      await this.#workbench.quickInput.box.getByText(question).first().waitFor()
      await this.press('Enter')
    })
  }

  /** Chooses an item of a list by going down to it. */
  async choose(question: string, item: string): Promise<void> {
    await this.#workbench.doing(`choosing ${item} by keyboard`, async () => {
      const { box, items } = this.#workbench.quickInput
      await box.getByText(question).first().waitFor()
      await items.filter({ hasText: item }).first().waitFor()
      await this.#downTo(box.locator('.monaco-list-row.focused'), item)
      await this.press('Enter')
    })
  }

  /** Goes to a row of a view. */
  async goTo(view: string, row: string): Promise<void> {
    await this.#workbench.doing(`going to ${row} by keyboard`, async () => {
      await this.run(`Chartroom: Focus on ${view} View`)
      await this.#workbench.row(row).first().waitFor()
      await this.press('Home')
      await this.#downTo(this.#workbench.sideBar.locator('.pane .monaco-list:focus-within .focused'), row)
    })
  }

  /** Goes to a row of the Explorer. */
  async goToFile(name: string): Promise<void> {
    await this.#workbench.doing(`going to the file ${name} by keyboard`, async () => {
      await this.run('File: Focus on Files Explorer')
      await this.#workbench.row(name).first().waitFor()
      await this.press('Home')
      await this.#downTo(this.#workbench.sideBar.locator('.monaco-list:focus-within .focused'), name)
    })
  }

  async expand(view: string, row: string): Promise<void> {
    await this.#workbench.doing(`expanding ${row} by keyboard`, async () => {
      const isExpanded = async (): Promise<boolean> =>
        (await this.#workbench.row(row).first().getAttribute('aria-expanded')) === 'true'
      // A tree that is painted meanwhile does not hear the key. On a row that is expanded it would go to the next one.
      await until(async () => {
        await this.goTo(view, row)
        if (await isExpanded()) return true
        await this.press('ArrowRight')
        return await waitsFor(isExpanded, 1000)
      })
    })
  }

  /** Chooses an item in the menu of a row. @param goTo gives the row the focus */
  async menu(item: string, goTo: () => Promise<void>): Promise<void> {
    await this.#workbench.doing(`choosing ${item} in a menu by keyboard`, async () => {
      const menu = this.#page.locator('.monaco-menu')
      // A tree that is painted meanwhile takes the focus from its row, and the menu is another one.
      await until(async () => {
        await goTo()
        await this.press('Shift+F10')
        if (await holds(menu, item)) return true
        await this.press('Escape')
        return false
      })
      await this.#downTo(menu.locator('.action-item.focused'), item)
      await until(async () => {
        await this.press('Enter')
        return await disappears(menu, 700)
      })
    })
  }

  /** Answers a modal dialog by one of its buttons. */
  async dialog(button: string): Promise<void> {
    await this.#workbench.doing(`answering a dialog with ${button} by keyboard`, async () => {
      const dialog = this.#page.locator('.monaco-dialog-box')
      await dialog.getByRole('button', { name: button, exact: true }).waitFor()
      const focused = dialog.locator('.monaco-button:focus')
      await until(async () => {
        if (await holds(focused, button, 200)) return true
        await this.press('Tab')
        return false
      })
      await this.press('Enter')
      await dialog.waitFor({ state: 'detached' })
    })
  }

  async press(key: string): Promise<void> {
    await this.#page.keyboard.press(key)
  }

  async write(text: string): Promise<void> {
    await this.#page.keyboard.type(text)
  }

  async #downTo(focused: Locator, label: string): Promise<void> {
    await until(async () => {
      if (await holds(focused, label, 300)) return true
      await this.press('ArrowDown')
      return false
    })
  }

  async #isAnswered(question: string): Promise<boolean> {
    const asked = this.#workbench.quickInput.box.getByText(question).first()
    return await disappears(asked, 700)
  }
}

/** Whether something in sight has this label, or has it soon. */
async function holds(place: Locator, label: string, timeout = 2000): Promise<boolean> {
  const found = place
    .getByText(label, { exact: true })
    .or(place.and(place.page().getByText(label, { exact: true })))
  return await appears(found.first(), timeout)
}
