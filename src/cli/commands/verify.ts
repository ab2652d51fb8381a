import type { Command } from '../args.ts'
import type { Context } from '../context.ts'
import {
  ChartroomError,
  exitCodes,
  forgetOffers,
  formatCount,
  formatSize,
  repairCache,
  restoreOffers,
  verifyCache,
  verifyChart,
  type CacheHealth,
  type Finding,
  type Offer,
} from '../../core/index.ts'
import { verdictFields, verdictLines } from '../verdict.ts'

type Verify = Extract<Command, { verb: 'chart verify' }>

/** The exit code where something is wrong, as for a cache that cannot be read. */
const wrong = exitCodes['store-corrupt']

export async function verify(command: Verify, context: Context): Promise<number> {
  const { reference, repair, offers } = command
  if (offers !== undefined) return await settle(offers, reference, context)
  if (reference !== undefined) return await verifyOne(reference, command.keyring, context)
  return repair ? await repairAll(context) : await verifyAll(context)
}

async function verifyAll({ cache, print, options }: Context): Promise<number> {
  const health = await verifyCache(cache, options)
  const { findings, offers } = health
  print.lines(...findings.map(lineOf))
  print.lines(...offers.map(offerLine))
  print.lines(...conclusion(health))
  print.data(health)
  return findings.some(({ isFault }) => isFault) ? wrong : 0
}

function offerLine({ reference, problem }: Offer): string {
  const happened = `${reference} disappeared when another program rewrote the index`
  return problem === undefined
    ? `offer: ${happened}.`
    : `lost: ${happened}, and cannot be put back. ${problem.message}`
}

/** One line; where the next command does not know what to do about it, with what to do. */
function lineOf(finding: Finding): string {
  const { isFault, message, advice } = finding
  const byHand = isFault && !isRepairable(finding) && advice !== undefined ? ` ${advice}` : ''
  return `${isFault ? 'fault' : 'note'}: ${message}${byHand}`
}

/** Whether a repair may do something about it: it needs a folder, and a journal to say in what it does. */
function isRepairable({ kind }: Finding): boolean {
  return kind !== 'place' && kind !== 'journal'
}

function conclusion({ root, references, blobs, bytes, findings, offers }: CacheHealth): string[] {
  const faults = findings.filter(({ isFault }) => isFault)
  const hasOrphans = findings.some(({ kind }) => kind === 'orphan')
  return [
    `${root} has ${formatCount(references, 'reference')} and ${formatCount(blobs, 'blob')} (${formatSize(bytes)}).`,
    faults.length === 0
      ? 'Nothing is wrong.'
      : `${formatCount(faults.length, 'fault')}.${faults.every(isRepairable) ? ' Run: chartroom chart verify --repair' : ''}`,
    ...(hasOrphans ? ['To see what can go, run: chartroom chart prune --dry-run'] : []),
    ...(offers.some(({ problem }) => problem === undefined)
      ? ['To put back what disappeared, run: chartroom chart verify --restore, or else: --forget']
      : []),
    ...(offers.length > 0 && offers.every(({ problem }) => problem !== undefined)
      ? ['To let go what disappeared, run: chartroom chart verify --forget']
      : []),
  ]
}

async function repairAll({ cache, registries, print, options }: Context): Promise<number> {
  const repaired = await repairCache(cache, { ...options, registries })
  const { done, left } = repaired
  print.lines(...done, ...left.map(lineOf))
  if (left.length > 0) print.lines(`${formatCount(left.length, 'fault')} could not be repaired.`)
  else print.lines(done.length === 0 ? 'There was nothing to repair.' : 'Nothing is wrong any more.')
  print.data(repaired)
  return left.length > 0 ? wrong : 0
}

async function verifyOne(
  reference: string,
  keyring: string | undefined,
  { cache, registries, globals, print, options }: Context,
): Promise<number> {
  try {
    const verdict = await verifyChart({ cache, registries }, reference, {
      ...options,
      limits: globals.limits,
      ...(keyring === undefined ? {} : { keyring }),
    })
    print.lines(...verdictLines(verdict))
    print.data(verdictFields(verdict))
    // Who names the keys that count has asked for a signature.
    const isMissing = verdict.provenance === 'not-signed' && keyring !== undefined
    return verdict.provenance === 'mismatch' || isMissing ? wrong : 0
  } catch (error) {
    if (!isFault(error)) throw error
    const { kind, message, advice } = error
    print.lines(`fault: ${message}`, ...(advice === undefined ? [] : [advice]))
    print.data({ reference, problem: { kind, message } })
    return wrong
  }
}

/** Whether an error is about the chart itself, and not about the way to it. */
function isFault(error: unknown): error is ChartroomError {
  if (!(error instanceof ChartroomError)) return false
  const { kind, evidence } = error
  const isIncomplete = kind === 'not-found' && evidence.digest !== undefined
  return isIncomplete || ['integrity', 'not-a-chart', 'invalid-chart', 'archive-unsafe'].includes(kind)
}

async function settle(
  how: 'restore' | 'forget',
  reference: string | undefined,
  { cache, print, options }: Context,
): Promise<number> {
  const references = reference === undefined ? undefined : [reference]
  const settled = await (how === 'restore' ? restoreOffers : forgetOffers)(cache, references, options)
  const done = how === 'restore' ? 'restored' : 'forgotten'
  print.lines(...settled.map((offer) => `${offer.reference}: ${done}`))
  const left = how === 'restore' && reference === undefined ? await cache.offers(options) : []
  for (const { reference: name, problem } of left) {
    if (problem !== undefined)
      print.warning(`${name} cannot be put back. ${problem.message} "--forget" lets it go.`)
  }
  if (settled.length === 0 && left.length === 0) print.lines('No chart has disappeared.')
  print.data(settled)
  return 0
}
