import { l10n, window } from 'vscode'
import { kindOf, parseHost } from '../../core/index.ts'
import type { App } from '../app.ts'
import { dismissed } from './questions/dismissed.ts'
import { hostNamed } from './subject.ts'

/** Puts a registry into the list, and shows what is in it. */
export async function addRegistry(app: App, argument?: unknown): Promise<void> {
  const host = parseHost(hostNamed(argument) ?? (await askNewHost()))
  await app.hosts.add(host.toLowerCase())
  await app.registriesView.revealHost(host)
}

async function askNewHost(): Promise<string> {
  const answer = await window.showInputBox({
    title: l10n.t('Add a registry'),
    prompt: l10n.t('The host of the registry; an address that was copied from elsewhere will do.'),
    placeHolder: 'registry.example.com',
    ignoreFocusOut: true,
    validateInput: (text) => (text.trim() === '' ? undefined : problemWith(text.trim())),
  })
  if (answer === undefined || answer.trim() === '') throw dismissed()
  return answer.trim()
}

function problemWith(text: string): string | undefined {
  try {
    parseHost(text)
    return undefined
  } catch (error) {
    if (kindOf(error) !== 'invalid-reference') throw error
    return text.includes('@')
      ? l10n.t('A host carries no user name or password: write the host alone, and log in afterwards.')
      : l10n.t('This is no host. A host looks like registry.example.com or localhost:5000.')
  }
}
