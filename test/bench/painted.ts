import type { Locator, Page } from 'playwright-core'

/**
 * Clicks, and waits for the frame that shows a row.
 *
 * @param row an expression that is run in the page: whether the row is there
 * @returns milliseconds from the click to that frame, on the page's own clock
 */
export async function untilPainted(page: Page, click: Locator, row: string): Promise<number> {
  const measured = page.evaluate<number>(`new Promise((resolve) => {
    let clicked
    document.addEventListener('mousedown', () => { clicked = performance.now() }, { capture: true, once: true })
    const observer = new MutationObserver(() => {
      if (clicked === undefined || !(${row})) return
      observer.disconnect()
      requestAnimationFrame(() => setTimeout(() => resolve(performance.now() - clicked), 0))
    })
    observer.observe(document.body, { childList: true, subtree: true })
  })`)
  await click.click()
  return await measured
}
