import { l10n, window } from 'vscode'
import { ChartroomError, kindOf, listTags, parseReference, repositoryName } from '../../core/index.ts'
import { withProgress } from '../adapters/progress.ts'
import type { App } from '../app.ts'
import { dismissed } from './questions/dismissed.ts'
import { warn } from './runCommand.ts'
import { hostNamed, repositoryNamed } from './subject.ts'

/** Keeps a repository in the list of its registry, above all where the registry does not list its repositories. */
export async function pinRepository(app: App, argument?: unknown): Promise<void> {
  const name = repositoryNamed(argument) ?? (await askRepository(hostNamed(argument)))
  await checkThatItIsThere(app, name)
  await app.hosts.pin(name)
  await app.registriesView.reveal(name)
}

/** Lets a repository go; where its registry lists it, it stays in the tree at its place. */
export async function unpinRepository(app: App, argument?: unknown): Promise<void> {
  const name = repositoryNamed(argument)
  if (name !== undefined) await app.hosts.unpin(name)
}

/** @param host that it is asked for; where it is missing, it has to be written, too */
async function askRepository(host: string | undefined): Promise<string> {
  const start = host === undefined ? '' : `${host}/`
  const answer = await window.showInputBox({
    title: l10n.t('Pin a repository'),
    prompt: l10n.t('The repository with its registry; a reference of one of its charts will do.'),
    placeHolder: 'ghcr.io/acme/charts/shop',
    value: start,
    valueSelection: [start.length, start.length],
    ignoreFocusOut: true,
    validateInput: (text) =>
      text.trim() === '' || text.trim() === start ? undefined : problemWith(text.trim()),
  })
  if (answer === undefined || answer.trim() === '' || answer.trim() === start) throw dismissed()
  return repositoryName(parseReference(answer.trim()))
}

function problemWith(text: string): string | undefined {
  try {
    if (parseReference(text).host !== '') return undefined
    return l10n.t('The registry is missing: write for example {0}.', `ghcr.io/${text}`)
  } catch (error) {
    if (!(error instanceof ChartroomError) || error.kind !== 'invalid-reference') throw error
    return [error.message, error.advice].join(' ').trim()
  }
}

/** What cannot be found out keeps nobody from pinning: a login may come later, and a registry may come back. */
async function checkThatItIsThere(app: App, name: string): Promise<void> {
  try {
    await withProgress(
      app,
      l10n.t('Looking for {0}', name),
      async (options) => {
        await listTags(app.registries, name, options).read()
      },
      'chartroom.registries',
    )
  } catch (error) {
    const kind = kindOf(error)
    if (kind === 'not-found' || kind === 'cancelled' || !(error instanceof ChartroomError)) throw error
    if (kind !== 'forbidden' && kind !== 'unauthorized') warn(app, [error.message])
  }
}
