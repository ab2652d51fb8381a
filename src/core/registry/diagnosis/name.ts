import { lookup } from 'node:dns/promises'
import { isIP } from 'node:net'
import { messageOf } from '../../base/errors.ts'
import { TransportError } from '../transport/transport.ts'
import type { Found } from './steps.ts'

export interface Address {
  readonly address: string
  /** 4 or 6 */
  readonly family: number
}

/** Looks a name up as every connection does: in the hosts file, then at the name server. @param hostname as a URL has it */
export async function lookUpName(hostname: string): Promise<Found<readonly Address[]>> {
  const name = hostname.replace(/^\[|\]$/g, '')
  const family = isIP(name)
  if (family !== 0) {
    return { summary: 'it is an address, so there is no name to look up', value: [{ address: name, family }] }
  }
  const addresses = await addressesOf(name)
  if (addresses instanceof TransportError) return { summary: '', facts: { name }, failure: addresses }
  return {
    summary: addresses.map(({ address }) => address).join(', '),
    facts: { name, addresses: addresses.map(({ address, family: number }) => `${address} (IPv${number})`) },
    value: addresses,
  }
}

async function addressesOf(name: string): Promise<readonly Address[] | TransportError> {
  try {
    return await lookup(name, { all: true, verbatim: true })
  } catch (error) {
    const code =
      error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : 'UNKNOWN'
    return new TransportError(code, messageOf(error))
  }
}
