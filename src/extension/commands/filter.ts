import { l10n, window } from 'vscode'
import type { App } from '../app.ts'
import { dismissed } from './questions/dismissed.ts'

/** Asks what the cached charts are filtered by. The tree follows what is typed; Escape leaves it as it was. */
export async function filter({ cacheView }: App): Promise<void> {
  const before = cacheView.filter
  const input = window.createInputBox()
  input.title = l10n.t('Filter the cached charts')
  input.placeholder = l10n.t('Words in the reference, the name, the version or the description')
  input.value = before
  try {
    const text = await new Promise<string>((resolve, reject) => {
      input.onDidChangeValue((value) => {
        cacheView.previewFilter(value)
      })
      input.onDidAccept(() => {
        resolve(input.value)
      })
      input.onDidHide(() => {
        reject(dismissed())
      })
      input.show()
    })
    await cacheView.setFilter(text.trim())
  } catch (error) {
    cacheView.previewFilter(before)
    throw error
  } finally {
    input.dispose()
  }
}

/** Shows all cached charts again. */
export async function clearFilter({ cacheView }: App): Promise<void> {
  await cacheView.setFilter('')
}
