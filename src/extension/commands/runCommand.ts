import { commands, env, l10n, Selection, Uri, window } from 'vscode'
import { kindOf } from '../../core/index.ts'
import { Stopped, type Remains } from '../adapters/stopped.ts'
import type { App } from '../app.ts'
import { countText } from '../counts.ts'
import { logLines, messageFor, type Message, type Remedy } from '../messages.ts'
import { plainText } from '../plainText.ts'

/**
 * Runs what a person asked for. This is the only place that catches what goes wrong: a cancellation is silent unless
 * something stays behind, everything else is one sentence and one action, with the rest in the log.
 */
export async function runCommand(app: App, name: string, work: () => Promise<void>): Promise<void> {
  app.log.debug(name)
  try {
    await work()
  } catch (error) {
    if (error instanceof Stopped && error.remains !== undefined) announceRemains(app, error.remains)
    if (kindOf(error) === 'cancelled') return
    for (const line of logLines(error)) app.log.error(`${name}: ${line}`)
    const { sentence, remedy } = told(error)
    const action = actionFor(remedy)
    offer(app, window.showErrorMessage(plainText(sentence), action.title), [action])
  }
}

/** One thing that a notification offers to do. */
export interface Action {
  readonly title: string
  readonly run: () => Promise<void>
}

/** Says that something is done. The command ends without waiting for an answer. */
export function announce(app: App, text: string, ...offered: readonly (Action | undefined)[]): void {
  app.log.info(text)
  const actions = offered.filter((action) => action !== undefined)
  const titles = actions.map(({ title }) => title)
  offer(app, window.showInformationMessage(plainText(text), ...titles), actions)
}

/** Says that something is not as it should be, where looking was what was asked for. The command ends without waiting for an answer. */
export function caution(app: App, text: string, ...actions: readonly Action[]): void {
  app.log.warn(text)
  const titles = actions.map(({ title }) => title)
  offer(app, window.showWarningMessage(plainText(text), ...titles), actions)
}

/** Says what a person should know although it worked; the rest is in the log. */
export function warn(app: App, warnings: readonly string[]): void {
  const [first, ...others] = warnings
  if (first === undefined) return
  for (const warning of warnings) app.log.warn(warning)
  const text = others.length === 0 ? first : l10n.t('{0} (and {1} more)', first, countText(others.length))
  warnWithLog(app, text)
}

/** Says that something went well only in part; the log has every failure. */
export function complain(app: App, text: string, failures: readonly unknown[]): void {
  for (const line of failures.flatMap(logLines)) app.log.error(line)
  warnWithLog(app, text)
}

/** A failure as people are told it. */
export function sentenceOf(error: unknown): string {
  return told(error).sentence
}

function told(error: unknown): Message {
  return messageFor(error, (text) => l10n.t('Something unexpected happened: {0}', text))
}

function warnWithLog(app: App, text: string): void {
  const action = actionFor({ kind: 'showLog' })
  offer(app, window.showWarningMessage(plainText(text), action.title), [action])
}

function announceRemains(app: App, { sentence, reference }: Remains): void {
  announce(app, sentence, {
    title: l10n.t('Push Again'),
    run: async () => {
      await commands.executeCommand('chartroom.pushChart', reference)
    },
  })
}

function offer(app: App, answer: Thenable<string | undefined>, actions: readonly Action[]): void {
  void answer.then(async (picked) => {
    const action = actions.find(({ title }) => title === picked)
    if (action !== undefined) await runCommand(app, action.title, action.run)
  })
}

function actionFor(remedy: Remedy): Action {
  switch (remedy.kind) {
    case 'logIn':
      return command(l10n.t('Log In'), 'chartroom.login', remedy.host)
    case 'openFile':
      return {
        title: l10n.t('Open {0}', Uri.file(remedy.path).path.split('/').pop() ?? remedy.path),
        run: async () => {
          const start = new Selection(remedy.line - 1, 0, remedy.line - 1, 0)
          await window.showTextDocument(Uri.file(remedy.path), { selection: start })
        },
      }
    case 'openRegistrySettings':
      return command(l10n.t('Open Settings'), 'chartroom.registrySettings', remedy.host)
    case 'openLimit':
      return {
        title: l10n.t('Open Settings'),
        run: async () => {
          // Settings of the machine are those of the one where the extension runs.
          const where = env.remoteName === undefined ? 'openSettings' : 'openRemoteSettings'
          await commands.executeCommand(`workbench.action.${where}`, { query: remedy.setting })
        },
      }
    case 'trustCertificate':
      return command(l10n.t('Trust a Certificate…'), 'chartroom.trustCertificate', remedy.host)
    case 'diagnose':
      return command(l10n.t('Diagnose Connection'), 'chartroom.diagnoseRegistry', remedy.host)
    case 'chooseAgain':
      return command(l10n.t('Choose Again…'), 'chartroom.startLocalRegistry')
    case 'manageTrust':
      return command(l10n.t('Manage Workspace Trust'), 'workbench.trust.manage')
    case 'trustRealm': {
      const { host, realm } = remedy
      return {
        title: l10n.t('Trust {0}…', realm),
        run: async () => {
          await commands.executeCommand('chartroom.trustRealm', { host, realm })
        },
      }
    }
    case 'showLog':
      return command(l10n.t('Show Log'), 'chartroom.showLog')
  }
}

function command(title: string, id: string, ...values: readonly string[]): Action {
  return {
    title,
    run: async () => {
      await commands.executeCommand(id, ...values)
    },
  }
}
