/**
 * Writes what the extension shows to l10n/bundle.l10n.json, for translators. A test says when it has to be run.
 */
import { mkdir, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { bundlePath, l10nBundle } from './l10nBundle.ts'

await mkdir(dirname(bundlePath), { recursive: true })
await writeFile(bundlePath, await l10nBundle())
