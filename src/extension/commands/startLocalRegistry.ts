import { l10n } from 'vscode'
import { messageOf } from '../../core/index.ts'
import { withProgress } from '../adapters/progress.ts'
import type { App } from '../app.ts'
import { hostOf } from '../localRegistry/choices.ts'
import { NameTaken } from '../localRegistry/container.ts'
import { keepLogin } from './questions/askLogin.ts'
import { askLocalRegistry, type LocalRegistryWish } from './questions/askLocalRegistry.ts'
import { confirm } from './questions/confirm.ts'
import { requireTrust } from './requireTrust.ts'
import { announce, warn } from './runCommand.ts'
import { hostNamed } from './subject.ts'

/**
 * Starts a registry for test purposes: from its row as it was the last time, from elsewhere as a person wants it. Where it
 * has a login, Chartroom is logged in then.
 */
export async function startLocalRegistry(app: App, argument?: unknown): Promise<void> {
  requireTrust(l10n.t('A registry is not started in Restricted Mode.'))
  const state = await app.localRegistry.refresh({ log: app.log })
  if (state.kind === 'running' || state.kind === 'starting') {
    announce(app, l10n.t('A local registry runs already at {0}.', state.host))
    return
  }
  const isAgain = state.kind !== 'none' && hostNamed(argument) === state.host
  const wish: LocalRegistryWish = isAgain
    ? { choices: state.choices }
    : await askLocalRegistry(state.choices, await app.localRegistry.hasDocker())
  await start(app, wish)
  const host = hostOf(wish.choices)
  if (await logIn(app, wish)) announce(app, l10n.t('A registry runs at {0}.', host))
}

async function start(app: App, { choices, password }: LocalRegistryWish): Promise<void> {
  const host = hostOf(choices)
  const run = async (replacing: boolean): Promise<void> => {
    await withProgress(
      app,
      l10n.t('Starting a registry at {0}', host),
      async (options) => {
        const login = password === undefined ? {} : { password }
        await app.localRegistry.start(choices, { ...options, ...login, replacing })
      },
      'chartroom.registries',
    )
  }
  try {
    await run(false)
  } catch (error) {
    if (!(error instanceof NameTaken)) throw error
    await confirmReplace()
    await run(true)
  }
}

/** @throws ChartroomError `cancelled` where the container shall stay */
async function confirmReplace(): Promise<void> {
  await confirm({
    question: l10n.t('Replace the container registry?'),
    detail: l10n.t(
      'Docker has a container of this name already. What was pushed to it is lost with it, unless a folder keeps it.',
    ),
    answers: [l10n.t('Replace')],
  })
}

/** @returns whether all is well, so that nothing had to be said */
async function logIn(
  app: App,
  { choices: { user, ...choices }, password }: LocalRegistryWish,
): Promise<boolean> {
  if (user === undefined || password === undefined) return true
  const host = hostOf(choices)
  try {
    const { warning } = await keepLogin(app, host, { username: user, password })
    if (warning === undefined) return true
    warn(app, [l10n.t('A registry runs at {0}. {1}', host, warning)])
  } catch (error) {
    warn(app, [l10n.t('A registry runs at {0}, but Chartroom is not logged in: {1}', host, messageOf(error))])
  }
  return false
}
