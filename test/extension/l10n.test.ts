import { readFile } from 'node:fs/promises'
import { expect, it } from 'vitest'
import { bundlePath, l10nBundle } from '../../scripts/l10nBundle.ts'
import { manifest, textOf } from './manifest.ts'

it('The bundle for translators holds what the extension shows; "npm run l10n" writes it', async () => {
  expect(await readFile(bundlePath, 'utf8')).toBe(await l10nBundle())
})

it('The editor is told where translations are, and they are delivered', async () => {
  expect((await manifest()).l10n).toBe('./l10n')
  expect(await textOf('.vscodeignore')).toContain('!l10n/**')
})
