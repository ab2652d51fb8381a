import { homedir } from 'node:os'
import { l10n, Uri, window } from 'vscode'
import type { App } from '../../app.ts'
import { exists } from '../../exists.ts'
import { onDisk } from '../onDisk.ts'
import { dismissed } from './dismissed.ts'

/**
 * Asks for the file with the public keys that a signature is checked against, the one that was used last first, and
 * remembers it.
 *
 * @returns its path; `undefined` where whose signature it is does not matter
 * @throws ChartroomError `cancelled`
 */
export async function askKeyring(app: App, title: string): Promise<string | undefined> {
  const last = app.keyrings.path
  const choose = async (): Promise<string | undefined> => await chooseFile(title)
  const items = [
    ...(last === undefined
      ? []
      : [
          { label: l10n.t('The key ring used last'), description: last, answer: () => Promise.resolve(last) },
        ]),
    {
      label: last === undefined ? l10n.t('Choose a key ring…') : l10n.t('Choose another key ring…'),
      description: l10n.t('a file of public keys, .gpg or .kbx'),
      answer: choose,
    },
    {
      label: l10n.t('Without a key ring'),
      description: l10n.t('whether the chart is what was signed, by whomever'),
      answer: () => Promise.resolve(undefined),
    },
  ]
  const picked = await window.showQuickPick(items, {
    title,
    placeHolder: l10n.t('Whose signature counts?'),
    ignoreFocusOut: true,
  })
  if (picked === undefined) throw dismissed()
  const path = await picked.answer()
  if (path !== undefined) await app.keyrings.remember(path)
  return path
}

async function chooseFile(title: string): Promise<string> {
  // Nobody finds a folder with a dot by clicking.
  const usual = Uri.joinPath(Uri.file(homedir()), '.gnupg')
  const picked = await window.showOpenDialog({
    title,
    openLabel: l10n.t('Use This Key Ring'),
    filters: { [l10n.t('Key rings')]: ['gpg', 'kbx'], [l10n.t('All files')]: ['*'] },
    ...((await exists(usual)) ? { defaultUri: usual } : {}),
  })
  if (picked?.[0] === undefined) throw dismissed()
  return onDisk(picked[0]).fsPath
}
