import type { Credential } from '../../base/credential.ts'
import { ChartroomError } from '../../base/errors.ts'
import type { HostOptions } from '../hosts/hostOptions.ts'

/**
 * Asked before a login goes to where a registry sends its clients.
 * @throws ChartroomError `refused` where that host has proved nothing, and nobody allowed that
 */
export type CheckVerified = (url: URL) => Promise<void>

/**
 * @param host that would get the login
 * @param mayLogIn asked where its certificate is not verified
 * @throws ChartroomError `refused` where a login would go to somebody who has proved nothing, and nobody allowed that
 */
export async function checkVerified(
  host: string,
  { insecureSkipVerify, plainHttp }: HostOptions,
  mayLogIn: (host: string) => Promise<boolean>,
): Promise<void> {
  if (insecureSkipVerify !== true || plainHttp === true || (await mayLogIn(host))) return
  throw new ChartroomError('refused', {
    message: `${host} gets no login, because its certificate is not verified: anybody could be answering in its place.`,
    advice: `Set the authority that signed the certificate of ${host}, or allow such a login for this host.`,
    host,
    option: 'insecureSkipVerify',
  })
}

/** @throws ChartroomError `refused` where a confined login would go over plain HTTP */
export function checkConfined(
  host: string,
  { plainHttp }: HostOptions,
  { isConfined, origin }: Credential,
): void {
  if (isConfined !== true || plainHttp !== true) return
  throw new ChartroomError('refused', {
    message: `${host} gets no login over plain HTTP: the one from ${origin} goes over HTTPS only.`,
    advice: `Take plainHttp away from what is set for ${host}.`,
    host,
  })
}
