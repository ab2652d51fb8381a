import { silently, withinBody, withinChunks, withinHeaders, withoutLength, noHttp } from './breaking.ts'
import { operations } from './exchange.ts'
import { damaged, never, passing, withBody, type Fault } from './fault.ts'

/** Connections that end too early. */
export const connectionFaults: readonly Fault[] = [
  { name: 'resets before its headers', at: operations, inflict: silently('reset'), outcomes: passing },
  { name: 'hangs up before its headers', at: operations, inflict: silently('end'), outcomes: passing },
  { name: 'resets within its headers', at: operations, inflict: withinHeaders('reset'), outcomes: passing },
  { name: 'hangs up within its headers', at: operations, inflict: withinHeaders('end'), outcomes: passing },
  ...(['reset', 'end'] as const).flatMap((end) =>
    [
      ['after one byte', () => 1] as const,
      ['in the middle', (length: number) => Math.floor(length / 2)] as const,
      ['before the last byte', (length: number) => length - 1] as const,
    ].map(([where, count]) => ({
      name: `${end === 'reset' ? 'resets' : 'hangs up'} ${where} of its body`,
      at: withBody,
      inflict: withinBody(end, count),
      outcomes: passing,
    })),
  ),
  { name: 'cuts a chunked body', at: withBody, inflict: withinChunks, outcomes: passing },
  {
    name: 'cuts a body of unsaid length',
    at: withBody,
    inflict: withoutLength,
    ...damaged,
    except: { ...damaged.except, blob: ['success', 'integrity'] },
  },
  { name: 'speaks another protocol', at: operations, inflict: noHttp, outcomes: never('unavailable') },
]
