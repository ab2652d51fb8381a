import type { Locator, Page } from 'playwright-core'
import { disappears, ignoreTimeout, until } from './waiting.ts'

/** Runs what is tried under a name, so that a failure says it. */
export type Doing = <T>(what: string, work: () => Promise<T>) => Promise<T>

/** The box at the top of the window that asks for text or a choice. */
export class QuickInput {
  readonly box: Locator
  readonly input: Locator
  readonly items: Locator
  private readonly page: Page
  private readonly doing: Doing

  constructor(page: Page, doing: Doing) {
    this.page = page
    this.doing = doing
    this.box = page.locator('.quick-input-widget:visible')
    this.input = this.box.locator('input.input, input[type="text"], input[type="password"]').first()
    this.items = this.box.getByRole('option').or(this.box.getByRole('treeitem'))
  }

  /** Types an answer and confirms it. */
  async answer(text: string): Promise<void> {
    // What is typed may be a password.
    await this.doing('answering a question', async () => {
      await this.input.fill(text)
      await this.#leave(() => this.input.press('Enter'))
    })
  }

  /** Types without confirming. */
  async fill(text: string): Promise<void> {
    await this.doing(`typing ${text}`, () => this.input.fill(text))
  }

  /** Answers a file dialog with a path. @param button that takes it */
  async choosePath(path: string, button: string): Promise<void> {
    await this.doing(`choosing the file ${path}`, async () => {
      const accept = this.box.getByRole('button', { name: button })
      await accept.waitFor()
      // The dialog writes its folder into the box once it has read it, over what is written there.
      await until(async () => {
        await this.input.fill(path)
        await accept.click({ timeout: 2000 }).catch(ignoreTimeout)
        return await disappears(accept, 2000)
      })
    })
  }

  /** Chooses the item with this label. */
  async choose(label: string | RegExp): Promise<void> {
    const item = this.items.filter({ hasText: label }).first()
    await this.doing(`choosing ${String(label)}`, async () => {
      await item.waitFor()
      await this.#leave(() => item.click())
    })
  }

  async cancel(): Promise<void> {
    await this.page.keyboard.press('Escape')
  }

  /** The labels on offer. */
  async choices(): Promise<string[]> {
    return await this.doing('reading the choices', async () => {
      await this.items.first().waitFor()
      return await this.items.locator('.label-name').allInnerTexts()
    })
  }

  /** The line below the input: the prompt, or what is wrong with the text. */
  async message(): Promise<string> {
    return await this.doing('reading the message of the question', () =>
      this.box.locator('.quick-input-message').innerText(),
    )
  }

  /** The title of the question. */
  async title(): Promise<string> {
    return await this.doing('reading the title of the question', () =>
      this.box.locator('.quick-input-title').innerText(),
    )
  }

  /**
   * Answers, and waits until the question is gone, or lies under a dialog: a box that is still open would take what is meant for the next
   * one.
   */
  async #leave(answer: () => Promise<void>): Promise<void> {
    const question = await this.#question()
    const dialog = this.page.locator('.monaco-dialog-box')
    await answer()
    await until(async () => (await this.#question()) !== question || (await dialog.isVisible()))
  }

  /** What tells this question from the next one; empty where no box is open. */
  async #question(): Promise<string> {
    const labels = await this.box.locator('.quick-input-title, .quick-input-message').allInnerTexts()
    const [placeholder = null] = await this.box.locator('input[placeholder]').evaluateAll(placeholders)
    return [...labels, placeholder].join('\n')
  }
}

function placeholders(inputs: readonly { placeholder?: string }[]): (string | undefined)[] {
  return inputs.map((input) => input.placeholder)
}
