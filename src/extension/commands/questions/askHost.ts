import { l10n, window } from 'vscode'
import { ChartroomError, parseHost } from '../../../core/index.ts'
import type { App } from '../../app.ts'
import { plainText } from '../../plainText.ts'
import { confirmedItem, type WritableItem } from './confirmedItem.ts'
import { answerOf, type Step } from './question.ts'

export interface HostQuestion extends Partial<Step> {
  readonly title: string
  /** What was answered before. */
  readonly value?: string
}

interface HostItem extends WritableItem {
  /** Missing where it cannot be chosen. */
  readonly host?: string
}

/**
 * Lets a person choose a registry, or write the host of one that is not in the list.
 * @throws ChartroomError `cancelled` where the question is closed
 */
export async function askHost(app: App, { title, value = '', ...step }: HostQuestion): Promise<string> {
  const pick = window.createQuickPick<HostItem>()
  pick.title = title
  pick.step = step.step
  pick.totalSteps = step.totalSteps
  pick.placeholder = l10n.t('Choose a registry, or write its host, for example {0}', 'registry.example.com')
  pick.value = value
  const show = (): void => {
    pick.items = hostItems(app, pick.value.trim())
  }
  show()
  pick.busy = true
  // Programs that keep logins may take their time; what is known by now can be chosen.
  void app.hosts.load({ log: app.log }).then(() => {
    pick.busy = false
    show()
  })
  return await answerOf<string>(pick, (resolve) => {
    pick.onDidChangeValue(show)
    pick.onDidAccept(() => {
      const host = confirmedItem(pick, typedHost)?.host
      if (host !== undefined) resolve(host)
    })
  })
}

function hostItems(app: App, typed: string): HostItem[] {
  const known = app.hosts.entries.map(({ host, login }) => ({
    label: host,
    description: login === undefined ? '' : l10n.t('logged in, from {0}', login.origin),
    host,
  }))
  if (typed === '' || known.some(({ host }) => host === typed)) return known
  return [typedHost(typed), ...known]
}

function typedHost(typed: string): HostItem {
  try {
    const host = parseHost(typed)
    return { label: host, description: l10n.t('as typed'), isTyped: true, alwaysShow: true, host }
  } catch (error) {
    if (!(error instanceof ChartroomError)) throw error
    return {
      label: `$(error) ${plainText(error.message)}`,
      detail: error.advice ?? '',
      isTyped: true,
      alwaysShow: true,
    }
  }
}
