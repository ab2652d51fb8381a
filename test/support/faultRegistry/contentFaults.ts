import { changed, compressed, longHeader, withMoreBehind, withOtherByte, withoutEnd } from './breaking.ts'
import { operations } from './exchange.ts'
import { damaged, never, passing, withAnswer, withBody, type Fault } from './fault.ts'

/** Answers that are not what they should be. */
export const contentFaults: readonly Fault[] = [
  {
    name: 'says more than it announced',
    at: withBody,
    inflict: withMoreBehind,
    outcomes: passing,
  },
  {
    name: 'gives more than it should',
    at: withBody,
    inflict: changed((good) => ({ ...good, body: Buffer.concat([good.body, Buffer.from('more')]) })),
    ...damaged,
  },
  {
    name: 'gives other bytes',
    at: ['manifest', 'blob'],
    inflict: changed(withOtherByte),
    outcomes: never('integrity'),
    except: { manifest: ['success', 'integrity'] },
  },
  {
    name: 'names a wrong digest',
    at: ['manifest', 'upload close', 'manifest put'],
    inflict: changed((good) => ({
      ...good,
      headers: { ...good.headers, 'docker-content-digest': `sha256:${'0'.repeat(64)}` },
    })),
    outcomes: never('integrity'),
    except: { manifest: ['success', 'integrity'] },
  },
  {
    name: 'calls everything a web page',
    at: withBody,
    inflict: changed((good) => ({ ...good, headers: { ...good.headers, 'content-type': 'text/html' } })),
    outcomes: never('success'),
  },
  {
    name: 'calls a manifest an index',
    at: ['manifest'],
    inflict: changed((good) => ({
      ...good,
      headers: { ...good.headers, 'content-type': 'application/vnd.oci.image.index.v1+json' },
    })),
    outcomes: never('integrity'),
  },
  { name: 'compresses what nobody asked to be', at: withBody, inflict: changed(compressed), ...damaged },
  {
    name: 'sends a body without an end',
    at: withAnswer,
    inflict: withoutEnd,
    outcomes: never('too-large'),
    except: { blob: never('integrity') },
  },
  {
    name: 'sends a header of 100 KB',
    at: operations,
    inflict: longHeader,
    outcomes: never('unavailable'),
  },
]
