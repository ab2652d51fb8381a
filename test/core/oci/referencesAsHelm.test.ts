import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { lookUp } from '../../../src/core/cache/cacheLookUp.ts'
import { kindOf } from '../../../src/core/base/errors.ts'
import { emptyIndex, entryOf, refNameAnnotation } from '../../../src/core/layout/indexFile.ts'
import { formatReference, parseReference, withTag } from '../../../src/core/oci/reference.ts'
import { fixture } from '../../support/fixtures.ts'
import { specifyAsHelm, type Decision, type Difference } from '../chart/decisions.ts'

type Recorded = { readonly accepted: true; readonly refName: string } | { readonly accepted: false }

interface RecordedReference {
  readonly id: string
  readonly ref: string
  readonly '3.6.3': Recorded
  readonly '3.2.4': Recorded | 'same'
}

/** Each row names its references by their number in the recording. */
const decisions: readonly Decision[] = [
  {
    letter: 'F',
    what: 'understood otherwise',
    why: 'A number after the last colon is a tag, never a port',
    only: {
      '022': ['mychart:1'],
      '024': ['myrepo/mychart:1'],
      '025': ['myrepo/mychart:0'],
      '029': ['myrepo/mychart:65535'],
      '033': ['1:2'],
      '076': ['Registry.Example.com/a:1'],
    },
  },
  {
    letter: 'F',
    what: 'accepted',
    why: 'A number that is no port is a tag, too',
    only: {
      '026': ['myrepo/mychart:007'],
      '030': ['myrepo/mychart:65536'],
      '032': ['myrepo/mychart:20210601'],
    },
  },
  {
    letter: 'F',
    what: 'accepted',
    why: 'A host may be an address of IPv6',
    only: {
      '066': ['[::1]:5000/a:1'],
      '067': ['[::1]/a:1'],
      '068': ['[::1]/a:0.1.0'],
      '069': ['[::1]:5000/a:0.1.0'],
      '070': ['[2001:db8::1]:443/a:1.0'],
    },
  },
  {
    letter: 'F',
    what: 'accepted',
    why: 'oci:// is dropped',
    only: {
      '094': ['localhost:5000/a/b:1'],
      '095': ['localhost:5000/a/b:0.1.0'],
      '096': ['registry.example.com/a/b:1'],
    },
  },
  {
    letter: 'F',
    what: 'understood otherwise',
    why: 'oci:// is dropped where Helm keeps it as a repository',
    only: { '097': ['registry.example.com/a:0.1.0'] },
  },
  {
    letter: 'F',
    what: 'understood otherwise',
    why: 'A digest is one, and no name to save under',
    only: { '085': ['a digest'], '087': ['a digest'] },
  },
  {
    letter: 'F',
    what: 'accepted',
    why: 'A digest goes before a tag',
    only: { '086': ['a digest'] },
  },
  refused('What follows an @ must be a digest; what stands before it may be a login', '088 089 090 091 165'),
  refused('The repository is missing', '041 043 044 093 128'),
  refused('What should be the host is none that could be asked', '040 045 065 132 148 150 175 178'),
  refused(
    'A repository has no empty part between slashes',
    '034 035 036 103 104 134 135 136 138 139 140 141 142 143',
  ),
  refused(
    'A repository has lower-case letters, digits and single separators',
    '037 042 074 078 082 107 110 124 137 144 145 146 147 149 151 153 154 155 156 158 162 163 167 170 171 172 173 174 176 177 180 181 182 183 184 185 186 189 192 194 195 196 203',
  ),
  refused('A repository has 255 characters at most', '207 208 209 211'),
  refused('A tag is one for the registry, too', '083 108 111 115 152 164 179 198 200 205'),
  refused('A reference has no scheme but oci', '106'),
]

/** Where Helm 3.6.3 does not do what 3.2.4 did, and Chartroom does as 3.6.3. */
const newer: readonly Decision[] = [
  {
    letter: '3.3.0',
    what: 'accepted',
    why: 'A host with a port need not look like the scheme of a URL',
    only: {
      '033': ['1:2'],
      '061': ['127.0.0.1:5000/a/b:1.0'],
      '063': ['127.0.0.1:5000/a/b:0.1.0'],
      '064': ['10.0.0.1:80/x:1'],
      '201': ['host_name:5000/a:1'],
    },
  },
  { ...refused('A repository is no text that URLs refuse', '112 117 157 159'), letter: '3.3.0' },
]

function refused(why: string, ids: string): Decision {
  const only = Object.fromEntries(ids.split(' ').map((id) => [id, ['refused: invalid-reference']]))
  return { letter: 'F', what: 'refused', why, only }
}

const { chart, references } = JSON.parse(readFileSync(fixture('references.json'), 'utf8')) as {
  chart: { version: string }
  references: RecordedReference[]
}
const compared = references.map(({ id, ref, ...recorded }) => {
  const older = recorded['3.2.4']
  return {
    name: `${id} ${ref}`,
    differences: differencesFrom(id, ref, recorded['3.6.3']),
    fromOlder: older === 'same' ? [] : differencesFrom(id, ref, older),
  }
})
specifyAsHelm({ what: 'reference', doing: 'is understood' }, compared, decisions, newer)

describe('a name that Helm wrote into an index, however odd', () => {
  const names = references.flatMap((reference) => {
    const versions = [reference['3.6.3'], reference['3.2.4']]
    return versions.flatMap((one) => (one !== 'same' && one.accepted ? [one.refName] : []))
  })

  it('is found by that very text', () => {
    const entries = names.map((name) =>
      entryOf({ mediaType: 'x', digest, size: 1, annotations: { [refNameAnnotation]: name } }),
    )

    const found = names.filter((name) => lookUp({ ...emptyIndex, entries }, name)?.name === name)

    expect(found).toEqual(names)
    console.log(`${found.length} of ${names.length} names in an index`)
  })
})

const digest = `sha256:${'1b'.repeat(32)}`

/** The name under which a chart would be saved; the kind of the error where it would not. */
function saved(text: string): string {
  try {
    const reference = parseReference(text)
    if (reference.digest !== undefined) return 'a digest'
    return formatReference(reference.tag === undefined ? withTag(reference, chart.version) : reference)
  } catch (error) {
    return `refused: ${kindOf(error) ?? String(error)}`
  }
}

function differencesFrom(id: string, text: string, recorded: Recorded): Difference[] {
  const ours = saved(text)
  const theirs = recorded.accepted ? recorded.refName : 'refused: invalid-reference'
  if (ours === theirs) return []
  const what = !recorded.accepted
    ? 'accepted'
    : ours.startsWith('refused')
      ? 'refused'
      : 'understood otherwise'
  return [{ name: id, what, detail: ours }]
}
