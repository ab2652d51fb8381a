import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { filesUnder } from '../support/tree.ts'

const folder = join(import.meta.dirname, '..', '..', 'src', 'extension')
const sources = await Promise.all(
  (await filesUnder(folder)).map(async (file) => ({ file, text: await readFile(file, 'utf8') })),
)

it('text of strangers in a tooltip makes no link, as a bare address does that is only appended as text', () => {
  expect(sources.flatMap(({ file, text }) => (text.includes('.appendText(') ? [file] : []))).toEqual([])
})

it('Chartroom has no webview: whatever it shows, the editor draws', async () => {
  const manifest = await readFile(join(folder, '..', '..', 'package.json'), 'utf8')

  expect(sources.length).toBeGreaterThan(10)
  // That a tab is a webview, as the editor's own preview of Markdown is one, may be asked.
  expect(
    sources.flatMap(({ file, text }) =>
      /(?<!TabInput)webview|CustomEditor|isTrusted = true|supportHtml = true/i.test(text) ? [file] : [],
    ),
  ).toEqual([])
  expect(manifest).not.toMatch(/"customEditors"|"type": "webview"/)
})
