import { ChartroomError, kindOf } from '../base/errors.ts'
import type { OperationOptions } from '../base/progress.ts'
import type { RegistryClient } from './client.ts'

export interface Deletion {
  /** The path of the manifest. */
  readonly to: string
  readonly scope: string
  /** Names it in errors. */
  readonly what: string
  /** Whether the path ends in a tag, which alone is to go. */
  readonly isTag: boolean
}

/**
 * Deletes a manifest, or a tag.
 *
 * @throws ChartroomError `not-found`; `unsupported` where the registry does not do it; `forbidden`, `unauthorized`, …
 * @see https://github.com/opencontainers/distribution-spec/blob/main/spec.md#deleting-manifests
 */
export async function deleteManifest(
  client: RegistryClient,
  { to, scope, what, isTag }: Deletion,
  options: OperationOptions,
): Promise<void> {
  let isAnswerLost = false
  const work = async (): Promise<void> => {
    // What is gone then went at the try whose answer was lost.
    const expect = isAnswerLost ? [200, 202, 204, 404] : [200, 202, 204]
    try {
      await client.readOnce({ method: 'DELETE', to, scope, expect, what }, options)
    } catch (error) {
      // Who is sent away because of too many requests has changed nothing.
      isAnswerLost ||= kindOf(error) === 'unavailable'
      throw error
    }
  }
  try {
    await client.retrying(work, options)
  } catch (error) {
    throw isTag ? tagRefused(error, what) : refused(error, what)
  }
}

function refused(error: unknown, what: string): unknown {
  if (!(error instanceof ChartroomError)) return error
  const { kind, evidence } = error
  const { host = '', code } = evidence
  if (code === 'DENIED' && evidence.status === 405) {
    return new ChartroomError('unsupported', {
      ...evidence,
      message: `${host} does not delete ${what}: something else in the registry still needs it.`,
      advice: 'Delete what refers to it first.',
    })
  }
  if (kind !== 'unsupported') return error
  return new ChartroomError('unsupported', {
    ...evidence,
    message: `${host} does not delete ${what}: deleting is switched off there, or not possible over the registry's interface.`,
    advice: `Delete it on the web page of ${host}, or ask whoever runs it to allow deleting.`,
  })
}

function tagRefused(error: unknown, what: string): unknown {
  if (!(error instanceof ChartroomError)) return error
  const { kind, evidence } = error
  if (kind !== 'unsupported' && evidence.code !== 'DIGEST_INVALID' && evidence.status !== 400) return error
  return new ChartroomError('unsupported', {
    ...evidence,
    message: `${evidence.host ?? ''} does not take away the tag alone from ${what}.`,
    advice: 'Delete the chart with every tag that points to it, or leave it as it is.',
  })
}
