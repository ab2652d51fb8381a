import { l10n } from 'vscode'
import { ChartroomError, messageOf, type Logger, type OperationOptions } from '../../core/index.ts'
import { BadChoice } from './badChoice.ts'
import { canMount, dockerRemove, dockerRun, type DockerRun } from './dockerCommands.ts'
import { failureOf, hasMadeContainer, reasonOf, runDocker, type DockerOutcome } from './dockerProgram.ts'

/** Docker has a container by the name that the guide gives the registry's; it may be anybody's. */
export class NameTaken extends ChartroomError {
  constructor() {
    super('target-exists', {
      message: l10n.t('Docker has a container named registry already, so the registry was not started.'),
      advice: l10n.t('Remove or rename that container, and start again.'),
    })
  }
}

/**
 * Has Docker start the registry's image in a container named `registry`.
 *
 * @param program the absolute path of `docker`
 * @throws NameTaken; ChartroomError `unavailable` where Docker fails, and then no container is left
 */
export async function startContainer(
  program: string,
  wanted: DockerRun,
  { signal, log }: OperationOptions = {},
): Promise<void> {
  for (const path of [wanted.storage, wanted.htpasswd]) {
    if (path !== undefined && !canMount(path)) throw cannotMount(path)
  }
  const outcome = await call(program, dockerRun(wanted), { ...(signal === undefined ? {} : { signal }), log })
  if (outcome.exitCode === 0) return
  if (hasMadeContainer(outcome)) await removeContainer(program, log === undefined ? {} : { log })
  signal?.throwIfAborted()
  throw notStarted(outcome, wanted.port)
}

/**
 * Removes the container named `registry`, whether it runs or not. That there is none is no error.
 * @throws ChartroomError `unavailable` where Docker fails
 */
export async function removeContainer(program: string, { log }: OperationOptions = {}): Promise<void> {
  const outcome = await call(program, dockerRemove, { log })
  if (outcome.exitCode === 0 || failureOf(outcome) === 'noContainer') return
  throw new ChartroomError('unavailable', {
    message:
      failureOf(outcome) === 'notRunning'
        ? l10n.t('Docker is not running, so its container registry could not be removed.')
        : l10n.t('Docker could not remove the container registry: {0}', whyOf(outcome)),
    advice: l10n.t('See to Docker, and try again.'),
  })
}

async function call(
  program: string,
  parameters: readonly string[],
  { signal, log }: { readonly signal?: AbortSignal; readonly log: Logger | undefined },
): Promise<DockerOutcome> {
  log?.info(`${program} ${parameters.join(' ')}`)
  const onLine = (line: string): void => {
    log?.info(`docker: ${line}`)
  }
  try {
    return await runDocker(program, parameters, { ...(signal === undefined ? {} : { signal }), onLine })
  } catch (cause) {
    signal?.throwIfAborted()
    throw new ChartroomError('unavailable', {
      message: l10n.t('Docker could not be run: {0}', messageOf(cause)),
      path: program,
      cause,
    })
  }
}

function notStarted(outcome: DockerOutcome, port: number): ChartroomError {
  switch (failureOf(outcome)) {
    case 'nameTaken':
      return new NameTaken()
    case 'portTaken':
      return new BadChoice('unavailable', {
        message: l10n.t('Port {0} is taken by another program, so the registry was not started.', port),
        advice: l10n.t('End that program, or choose another port.'),
      })
    case 'notRunning':
      return new BadChoice('unavailable', {
        message: l10n.t('Docker is not running, so the registry was not started.'),
        advice: l10n.t('Start Docker, or choose the registry of Chartroom.'),
      })
    case 'noContainer':
    case 'other':
      return new ChartroomError('unavailable', {
        message: l10n.t('Docker could not start the registry: {0}', whyOf(outcome)),
      })
  }
}

/** Why Docker failed: in its own words, else by how it ended. */
function whyOf(outcome: DockerOutcome): string {
  const { exitCode } = outcome
  return reasonOf(outcome) ?? (exitCode === null ? l10n.t('it was ended') : l10n.t('exit code {0}', exitCode))
}

function cannotMount(path: string): ChartroomError {
  return new BadChoice('unsupported', {
    message: l10n.t('Docker cannot be given {0}, because the path has a colon.', path),
    advice: l10n.t('Choose another folder.'),
    path,
  })
}
