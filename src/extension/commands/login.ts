import { l10n, QuickInputButtons, window, type InputBox } from 'vscode'
import { ChartroomError, kindOf, login as checkAndKeep, type LoggedIn } from '../../core/index.ts'
import { Stopped } from '../adapters/stopped.ts'
import type { App } from '../app.ts'
import { askHost, dismissed, referenceOf } from './prompts.ts'
import { announce, warn } from './runCommand.ts'

/** Asks for a host, a user and a password, and keeps the login once the registry has accepted it. */
export async function login(app: App, argument?: unknown): Promise<void> {
  const host = referenceOf(argument) ?? (await askHost(app, l10n.t('Log in to a registry')))
  const kept = await askLogin(app, host)
  announce(app, l10n.t('Logged in to {0}. The login is kept in {1}.', kept.host, kept.store))
}

/**
 * Asks for user and password until the registry accepts them.
 * @throws ChartroomError `cancelled` where a question is closed
 */
export async function askLogin(app: App, host: string): Promise<LoggedIn> {
  let username = ''
  for (;;) {
    username = await askUser(host, username)
    const kept = await askPassword(app, host, username)
    if (kept === 'back') continue
    warn(app, kept.warning === undefined ? [] : [kept.warning])
    return kept
  }
}

/**
 * Does something at a registry; where that wants a login, offers one and goes on by itself.
 * @throws Stopped where a person does not want to log in
 */
export async function withLogin<Value>(app: App, host: string, work: () => Promise<Value>): Promise<Value> {
  for (;;) {
    try {
      return await work()
    } catch (error) {
      if (!(error instanceof ChartroomError) || error.kind !== 'unauthorized') throw error
      app.log.info(error.message)
      const known = await app.credentials.find(host, { log: app.log })
      const sentence = known === undefined ? l10n.t('{0} wants a login.', host) : error.message
      const logIn = l10n.t('Log In')
      if ((await window.showWarningMessage(sentence, logIn)) !== logIn) throw new Stopped()
      await askLogin(app, host)
    }
  }
}

async function askUser(host: string, value: string): Promise<string> {
  const box = boxFor(host, 1)
  box.value = value
  box.prompt = l10n.t('User name')
  return await answerOf<string>(box, (resolve) => {
    box.onDidAccept(() => {
      if (box.value.trim() !== '') resolve(box.value.trim())
    })
  })
}

async function askPassword(app: App, host: string, username: string): Promise<LoggedIn | 'back'> {
  const box = boxFor(host, 2)
  box.password = true
  box.prompt = l10n.t('Password or token of {0}', username)
  box.buttons = [QuickInputButtons.Back]
  const checking = new AbortController()
  box.onDidHide(() => {
    checking.abort()
  })
  return await answerOf<LoggedIn | 'back'>(box, (resolve, reject) => {
    box.onDidTriggerButton(() => {
      checking.abort()
      resolve('back')
    })
    box.onDidAccept(() => {
      if (box.value === '' || box.busy) return
      setBusy(box, true)
      checkAndKeep(
        app.registries,
        app.credentials,
        host,
        { username, password: box.value },
        { log: app.log, signal: checking.signal },
      ).then(resolve, (error: unknown) => {
        if (kindOf(error) !== 'unauthorized') {
          reject(error)
          return
        }
        setBusy(box, false)
        box.validationMessage = l10n.t('{0} refused this user or password.', host)
      })
    })
    box.onDidChangeValue(() => {
      box.validationMessage = undefined
    })
  })
}

/** Losing the focus does not close it: passwords are fetched from elsewhere. */
function boxFor(host: string, step: number): InputBox {
  const box = window.createInputBox()
  box.title = l10n.t('Log in to {0}', host)
  box.step = step
  box.totalSteps = 2
  box.ignoreFocusOut = true
  return box
}

function setBusy(box: InputBox, busy: boolean): void {
  box.busy = busy
  box.enabled = !busy
}

/** Shows a box until it is answered or closed. */
async function answerOf<Answer>(
  box: InputBox,
  listen: (resolve: (answer: Answer) => void, reject: (error: unknown) => void) => void,
): Promise<Answer> {
  try {
    return await new Promise<Answer>((resolve, reject) => {
      listen(resolve, reject)
      box.onDidHide(() => {
        reject(dismissed())
      })
      box.show()
    })
  } finally {
    box.dispose()
  }
}
