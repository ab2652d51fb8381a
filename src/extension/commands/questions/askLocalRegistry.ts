import { l10n } from 'vscode'
import { kindOf } from '../../../core/index.ts'
import { guidePort, portOf, type LocalRegistryChoices } from '../../localRegistry/choices.ts'
import { isTaken } from '../../localRegistry/portProbe.ts'
import { askFolder } from './askFolder.ts'
import { askChoice, askInSteps, askText, back, type Question } from './question.ts'

/** What a person was asked; the password is kept apart, because the choices are remembered. */
export interface LocalRegistryWish {
  readonly choices: LocalRegistryChoices
  readonly password?: string
}

interface Answers {
  readonly how: 'docker' | 'embedded'
  readonly port: number
  readonly storage: string | undefined
  readonly hasLogin: boolean
  readonly user: string
  readonly password: string
  readonly restart: boolean
}

type Ask = Question<Answers>

/**
 * Asks how the local registry is wanted, a question for each option of the guide.
 *
 * @param before what was chosen the last time
 * @param hasDocker whether there is a choice between Docker and the embedded registry
 * @throws ChartroomError `cancelled` where a question is closed
 */
export async function askLocalRegistry(
  before: LocalRegistryChoices | undefined,
  hasDocker: boolean,
): Promise<LocalRegistryWish> {
  const how = hasDocker ? (before?.how ?? 'docker') : 'embedded'
  const first: Answers = {
    how,
    port: before?.port ?? guidePort,
    storage: before?.how === how ? before.storage : undefined,
    hasLogin: before?.user !== undefined,
    user: before?.user ?? '',
    password: '',
    restart: before?.how === 'docker' ? before.restart : true,
  }
  const answers = await askInSteps(first, ({ how: chosen, hasLogin }) => [
    ...(hasDocker ? [askHow] : []),
    askPort,
    askStorage,
    askWhetherLogin,
    ...(hasLogin ? [askUser, askPassword] : []),
    ...(chosen === 'docker' ? [askRestart] : []),
  ])
  const { port, storage, hasLogin, user, password, restart } = answers
  return {
    choices: {
      how: answers.how,
      port,
      ...(storage === undefined ? {} : { storage }),
      ...(hasLogin ? { user } : {}),
      restart: answers.how === 'docker' && restart,
    },
    ...(hasLogin ? { password } : {}),
  }
}

const askHow: Ask = async (answers, step) => {
  const how = await askChoice(
    { title: title(), ...step },
    l10n.t('How shall it run?'),
    [
      {
        label: l10n.t('With Docker'),
        detail: l10n.t('The image “registry”, as in Helm’s guide. Other machines can reach it, too.'),
        value: 'docker' as const,
      },
      {
        label: l10n.t('With Chartroom'),
        detail: l10n.t('A registry of its own, for development and tests. Only this machine can reach it.'),
        value: 'embedded' as const,
      },
    ],
    (value) => value === answers.how,
  )
  if (how === back) return back
  return { ...answers, how, storage: how === answers.how ? answers.storage : undefined }
}

const askPort: Ask = async (answers, step) => {
  const text = await askText({
    title: title(),
    ...step,
    prompt:
      answers.how === 'docker'
        ? l10n.t('The port of this machine that it listens on')
        : l10n.t('The port that it listens on, for this machine only'),
    value: `${answers.port}`,
    check: async (typed) => {
      const port = portOf(typed)
      if (port === undefined) return l10n.t('A port is a number from 1 to 65535.')
      return (await isTaken(port)) ? l10n.t('Port {0} is taken by another program.', port) : undefined
    },
  })
  return text === back ? back : { ...answers, port: portOf(text) ?? answers.port }
}

const askStorage: Ask = async (answers, step) => {
  const { storage } = answers
  const isDocker = answers.how === 'docker'
  for (;;) {
    const keep = await askChoice(
      { title: title(), ...step },
      isDocker ? l10n.t('Shall what is pushed be kept?') : l10n.t('Where shall what is pushed be kept?'),
      [
        isDocker
          ? {
              label: l10n.t('No'),
              detail: l10n.t('It goes with the container when the registry is stopped.'),
              value: 'default' as const,
            }
          : { label: l10n.t('In a folder of Chartroom'), value: 'default' as const },
        ...(storage === undefined
          ? []
          : [
              {
                label: l10n.t('In the folder of the last time'),
                description: storage,
                value: 'same' as const,
              },
            ]),
        { label: l10n.t('In a folder…'), value: 'folder' as const },
      ],
      (value) => value === (storage === undefined ? 'default' : 'same'),
    )
    if (keep === back) return back
    if (keep === 'default') return { ...answers, storage: undefined }
    if (keep === 'same') return answers
    const folder = await askStorageFolder()
    if (folder !== undefined) return { ...answers, storage: folder }
  }
}

const askWhetherLogin: Ask = async (answers, step) => {
  const hasLogin = await askChoice(
    { title: title(), ...step },
    l10n.t('Who may use it?'),
    [
      { label: l10n.t('Everybody who can reach it'), value: false },
      {
        label: l10n.t('One user with a password'),
        detail: l10n.t('Chartroom writes the htpasswd file and logs in.'),
        value: true,
      },
    ],
    (value) => value === answers.hasLogin,
  )
  return hasLogin === back ? back : { ...answers, hasLogin }
}

const askUser: Ask = async (answers, step) => {
  const user = await askText({
    title: title(),
    ...step,
    prompt: l10n.t('User name'),
    value: answers.user,
    check: async (typed) =>
      await Promise.resolve(
        /^[^:\p{Cc}]+$/u.test(typed.trim()) ? undefined : l10n.t('Write a user name, without a colon.'),
      ),
  })
  return user === back ? back : { ...answers, user: user.trim() }
}

const askPassword: Ask = async (answers, step) => {
  const password = await askText({
    title: title(),
    ...step,
    prompt: l10n.t('Password of {0}', answers.user),
    value: answers.password,
    password: true,
    check: async (typed) => await Promise.resolve(typed === '' ? l10n.t('Write a password.') : undefined),
  })
  return password === back ? back : { ...answers, password }
}

const askRestart: Ask = async (answers, step) => {
  const restart = await askChoice(
    { title: title(), ...step },
    l10n.t('Shall Docker start it again by itself?'),
    [
      {
        label: l10n.t('Always'),
        detail: l10n.t('As in Helm’s guide: whenever it ends, and when Docker starts.'),
        value: true,
      },
      { label: l10n.t('No'), value: false },
    ],
    (value) => value === answers.restart,
  )
  return restart === back ? back : { ...answers, restart }
}

/** `undefined` where the picker was closed: the question before it is asked again. */
async function askStorageFolder(): Promise<string | undefined> {
  try {
    return (await askFolder(title(), l10n.t('Keep Here'))).fsPath
  } catch (error) {
    if (kindOf(error) === 'cancelled') return undefined
    throw error
  }
}

function title(): string {
  return l10n.t('Start a local registry')
}
