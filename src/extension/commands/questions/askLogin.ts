import { l10n } from 'vscode'
import {
  ChartroomError,
  kindOf,
  login as checkAndKeep,
  parseHost,
  type LoggedIn,
  type OperationOptions,
} from '../../../core/index.ts'
import { credentialStore } from '../../adapters/settings.ts'
import { githubRegistry } from '../../adapters/githubAccount.ts'
import type { App } from '../../app.ts'
import { logLines } from '../../messages.ts'
import { plainText } from '../../plainText.ts'
import { hostOfUnknownAuthority } from '../../unknownAuthority.ts'
import { askGithubWay, signInWithGithub } from './askGithub.ts'
import { askHost } from './askHost.ts'
import { dismissed } from './dismissed.ts'
import { offerAuthority } from './offerAuthority.ts'
import { offerTrust } from './offerTrust.ts'
import { answerOf, back, stepBox, type Step } from './question.ts'
import { requireTrust } from '../requireTrust.ts'

/**
 * Asks for host, user and password, or for the GitHub account where that is one, until the registry accepts them, and keeps them then. What was typed stays, whatever
 * goes wrong.
 *
 * @param given the host, as people write it, where it is known; it is asked for otherwise
 * @throws ChartroomError `cancelled` where a question is closed, `refused` in Restricted Mode, `invalid-reference` where what is
 * given is no host
 */
export async function askLogin(app: App, given?: string): Promise<LoggedIn> {
  requireTrust(l10n.t('Nobody is logged in while the workspace is in Restricted Mode.'))
  const hosts = given === undefined ? 1 : 0
  let host = given === undefined ? '' : parseHost(given)
  let username = ''
  for (;;) {
    if (given === undefined) {
      const title = l10n.t('Log in to a registry')
      host = await askHost(app, { title, value: host, step: 1, totalSteps: 3 })
    }
    const ways = host.toLowerCase() === githubRegistry ? 1 : 0
    const [first, totalSteps] = [hosts + ways, hosts + ways + 2]
    if (ways > 0) {
      const way = await askGithubWay({ step: first, totalSteps })
      if (way === back) continue
      if (way !== 'password') return await signInWithGithub(app, way)
    }
    for (;;) {
      const user = await askUser(app, host, username, { step: first + 1, totalSteps })
      if (user === back) break
      username = user
      const kept = await askTrusting(app, host, username, { step: first + 2, totalSteps })
      if (kept !== back) return kept
    }
  }
}

async function askUser(app: App, host: string, value: string, step: Step): Promise<string | typeof back> {
  const box = stepBox({ title: l10n.t('Log in to {0}', host), ...step })
  box.value = value === '' ? (app.hosts.entry(host)?.login?.username ?? '') : value
  box.prompt = l10n.t('User name')
  return await answerOf<string | typeof back>(box, (resolve) => {
    box.onDidTriggerButton(() => {
      resolve(back)
    })
    box.onDidChangeValue(() => {
      box.validationMessage = undefined
    })
    box.onDidAccept(() => {
      const username = box.value.trim()
      if (username !== '') resolve(username)
      else box.validationMessage = l10n.t('Write a user name. Registries want one beside a token, too.')
    })
  })
}

/** What was typed, where the certificate of the registry is of an authority that nobody knows. */
interface Untrusted {
  readonly password: string
  readonly refusal: ChartroomError
}

/** As `askPassword`; where nobody knows the authority of the registry, lets a person trust it, and goes on with what was typed. */
async function askTrusting(
  app: App,
  host: string,
  username: string,
  step: Step,
): Promise<LoggedIn | typeof back> {
  for (let typed = ''; ;) {
    const answer = await askPassword(app, host, username, typed, step)
    if (answer === back || !('refusal' in answer)) return answer
    if (!(await offerAuthority(app, host, answer.refusal))) throw dismissed()
    typed = answer.password
  }
}

/** @param typed is checked at once; empty: it is asked for */
async function askPassword(
  app: App,
  host: string,
  username: string,
  typed: string,
  step: Step,
): Promise<LoggedIn | Untrusted | typeof back> {
  const box = stepBox({ title: l10n.t('Log in to {0}', host), ...step })
  box.password = true
  box.prompt = l10n.t('Password or token of {0}', plainText(username))
  box.value = typed
  let checking = new AbortController()
  const stopChecking = (): void => {
    checking.abort()
    box.busy = false
  }
  box.onDidHide(stopChecking)
  return await answerOf<LoggedIn | Untrusted | typeof back>(box, (resolve, reject) => {
    box.onDidTriggerButton(() => {
      resolve(back)
    })
    box.onDidChangeValue(() => {
      // Another password makes the answer about this one worthless.
      stopChecking()
      box.validationMessage = undefined
    })
    const check = (): void => {
      const password = box.value
      if (box.busy) return
      if (password === '') {
        box.validationMessage = l10n.t('Write the password or the token.')
        return
      }
      checking = new AbortController()
      const { signal } = checking
      box.busy = true
      box.validationMessage = undefined
      keepTrusting(app, host, { username, password }, { signal }).then(resolve, (error: unknown) => {
        if (signal.aborted) return
        box.busy = false
        if (!(error instanceof ChartroomError)) {
          reject(error)
          return
        }
        if (hostOfUnknownAuthority(error) !== undefined) {
          resolve({ password, refusal: error })
          return
        }
        for (const line of logLines(error)) app.log.warn(line)
        box.validationMessage = complaint(host, error)
        if (error.kind === 'unauthorized') box.valueSelection = [0, box.value.length]
      })
    }
    box.onDidAccept(check)
    if (typed !== '') check()
  })
}

/** As `keepLogin`; where the registry wants the login sent to another server, asks whether that may be. */
async function keepTrusting(...asked: Parameters<typeof keepLogin>): Promise<LoggedIn> {
  const [app] = asked
  for (;;) {
    try {
      return await keepLogin(...asked)
    } catch (error) {
      if (!(error instanceof ChartroomError) || !(await offerTrust(app, error.evidence))) throw error
    }
  }
}

/** Keeps a login where the registry accepts it, as the settings say. */
export async function keepLogin(
  app: App,
  host: string,
  login: { readonly username: string; readonly password: string },
  { signal }: Pick<OperationOptions, 'signal'> = {},
): Promise<LoggedIn> {
  const stopping = signal === undefined ? {} : { signal }
  const options = { log: app.log, ...stopping, store: credentialStore() }
  const kept = await checkAndKeep(app.registries, app.credentials, host, login, options)
  // Even where nobody waits for it any more: it is kept.
  app.hosts.loginChanged(kept.host)
  return kept
}

function complaint(host: string, error: ChartroomError): string {
  if (kindOf(error) === 'unauthorized') return l10n.t('{0} refused this user or password.', host)
  return plainText([error.message, error.advice ?? ''].join(' ').trim())
}
