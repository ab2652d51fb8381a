import { l10n } from 'vscode'
import { checkLogin, ChartroomError, messageOf, type Credential, type LoggedIn } from '../../../core/index.ts'
import { githubRegistry, type GithubRight } from '../../adapters/githubAccount.ts'
import type { App } from '../../app.ts'
import { dismissed } from './dismissed.ts'
import { askChoice, type back, type Choice, type Step } from './question.ts'

/** Asks how somebody wants to get into GitHub's registry: with the editor's account, and for what, or with a password. */
export async function askGithubWay(step: Step): Promise<GithubRight | 'password' | typeof back> {
  const signIn = l10n.t('Sign in with GitHub')
  const choices: Choice<GithubRight | 'password'>[] = [
    { label: signIn, description: l10n.t('to look and to pull'), detail: 'read:packages', value: 'read' },
    {
      label: signIn,
      description: l10n.t('to push, too'),
      detail: 'read:packages, write:packages',
      value: 'write',
    },
    { label: l10n.t('User and token'), description: l10n.t('a personal access token'), value: 'password' },
  ]
  return await askChoice(
    { title: l10n.t('Log in to {0}', githubRegistry), ...step },
    l10n.t("VS Code keeps GitHub's token; Chartroom does not store it."),
    choices,
    (value) => value === 'read',
  )
}

/**
 * Makes the editor's GitHub account the login for GitHub's registry, once the registry accepts it.
 * @throws ChartroomError `cancelled` where the person does not sign in, `unauthorized` where the registry refuses the
 * account, …
 */
export async function signInWithGithub(app: App, right: GithubRight): Promise<LoggedIn> {
  const credential = await session(app, right)
  await checkLogin(app.registries, githubRegistry, credential, { log: app.log })
  await app.github.choose(right)
  app.hosts.loginChanged(githubRegistry)
  return { host: githubRegistry, store: app.github.name }
}

async function session(app: App, right: GithubRight): Promise<Credential> {
  try {
    return await app.github.signIn(right)
  } catch (error) {
    const reason = messageOf(error)
    app.log.info(`Nobody signed in to GitHub: ${reason}`)
    // The editor has no other way to say that a person closed its question.
    if (/did not consent|cancel/i.test(reason)) throw dismissed()
    throw new ChartroomError('not-logged-in', {
      message: l10n.t('GitHub could not be signed in to: {0}', reason),
      host: githubRegistry,
      cause: error,
    })
  }
}
