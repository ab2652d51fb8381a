import { afterAll, describe, expect, it } from 'vitest'
import {
  kindOf,
  listCharts,
  openChart,
  repairCache,
  verifyCache,
  type ChartCache,
  type Finding,
} from '../../../src/core/index.ts'
import { cacheOf, cacheVariants, helmVersions } from '../../support/cacheFixture.ts'
import { treeOf } from '../../support/tree.ts'

const mychart = 'localhost:5000/myrepo/mychart:2.7.0'
const small = 'localhost:5000/myrepo/small:0.1.0'

interface Expected {
  /** What is wrong, as kind and sentence. */
  readonly faults?: readonly string[]
  /** What is merely said. */
  readonly notes?: readonly string[]
  /** What a repair without a registry does. */
  readonly done?: readonly string[]
  /** What is wrong afterwards. */
  readonly left?: readonly string[]
  /** References that cannot be used afterwards although they are in the list, and those that are not in it any more. */
  readonly broken?: readonly string[]
  readonly gone?: readonly string[]
}

const toTrash = 'Moved the damaged blob sha256:… to the trash.'
const noRegistry = 'No registry is known to have it.'
const rebuilt = 'Wrote the index anew; the damaged one is kept beside it.'
const nameless = 'Of 2 charts nobody knows the name: nothing of it is lost when it is saved or pulled again.'
const orphans = (what: string): string => `orphan: ${what} not needed by anything in the index.`

/** A layer of `mychart` that is not what its name says: it goes, and the entry waits for a pull or a save. */
function damagedLayer(how: string): Expected {
  return {
    faults: [`damaged-blob: The layer of ${mychart} is damaged: it should ${how}.`],
    done: [toTrash],
    left: [`missing-blob: The layer of ${mychart} is missing (sha256:…). ${noRegistry}`],
    broken: [mychart],
  }
}

function withoutManifest(
  what: Pick<Expected, 'faults' | 'notes'>,
  why: string,
  before: string[] = [],
): Expected {
  return { ...what, done: [...before, `Took ${mychart} out of the index: ${why}`], gone: [mychart] }
}

function withoutIndex(why: string, left = true): Expected {
  return {
    faults: [`index: The index ROOT/index.json is damaged: ${why}. It was left as it is.`],
    done: [rebuilt, left ? nameless : '2 entries could still be read in the damaged index.'],
  }
}

function unreadableForHelm(name: string): Expected {
  return {
    faults: [`entry: Helm 3.0-3.6 cannot read ${name}, and its "helm chart list" fails because of it.`],
    done: [`Moved the name ${name} to where Helm 3.0-3.6 passes it over.`],
  }
}

function noChart(name: string, why: string, alsoMissing: readonly string[] = []): Expected {
  const fault = `entry: ${name}${why}`
  return {
    faults: [...alsoMissing, fault],
    left: [...alsoMissing.map((missing) => `${missing} ${noRegistry}`), fault],
    broken: [name],
  }
}

const missingConfig = `missing-blob: The config of ${mychart} is missing (sha256:…).`

/** Every recorded cache. What is not here is sound. */
const expected: Readonly<Record<string, Expected>> = {
  'appended-layer': damagedLayer('have 487 bytes but has 508'),
  'beta-layer': unreadableForHelm('localhost:5000/beta/small:0.1.0'),
  'container-image': noChart(
    'localhost:5000/library/image:1',
    ' is not a Helm chart: it is a container image (layers: application/vnd.docker.image.rootfs.diff.tar.gzip).',
    ['missing-blob: The config of localhost:5000/library/image:1 is missing (sha256:…).'],
  ),
  'corrupt-config': {
    faults: [`damaged-blob: The config of ${mychart} is damaged: it should have 117 bytes but has 16.`],
    done: [toTrash],
    left: [`${missingConfig} ${noRegistry}`],
  },
  'corrupt-layer': damagedLayer('hash to sha256:… but hashes to sha256:…'),
  'corrupt-manifest': withoutManifest(
    {
      faults: [`damaged-blob: The manifest of ${mychart} is damaged: it should have 321 bytes but has 19.`],
      notes: [orphans('2 blobs (604 B) are')],
    },
    `its manifest sha256:… is missing. ${noRegistry}`,
    [toTrash],
  ),
  'duplicate-refs': {
    faults: [`duplicate-name: The index has 2 entries with the name ${mychart}; only one of them counts.`],
    done: [`Left the name ${mychart} to the entry that counts; the other one stays without a name.`],
  },
  'empty-layer': damagedLayer('have 487 bytes but has 0'),
  'index-array': withoutIndex('it is not a JSON object'),
  'index-bom': withoutIndex('it is not valid JSON', false),
  'index-empty': withoutIndex('it is empty'),
  'index-missing': {
    notes: ['index: ROOT/index.json is missing, so nobody knows which blobs beside it are needed.'],
    done: ['Wrote the index anew.', nameless],
    gone: [mychart, small],
  },
  'index-no-manifests': { notes: [orphans('6 blobs (1.5 KiB) are')], gone: [mychart, small] },
  'index-null': withoutIndex('it is not a JSON object'),
  'index-null-entry': {
    faults: ['entry: The descriptor of an entry without a name is not an object.'],
    done: [
      'Took an entry without a name out of the index: The descriptor of an entry without a name is not an object.',
    ],
  },
  'index-null-manifests': { notes: [orphans('6 blobs (1.5 KiB) are')], gone: [mychart, small] },
  'index-truncated': withoutIndex('it is not valid JSON'),
  'layout-empty': {
    faults: [
      'oci-layout: ROOT/oci-layout does not say of which version the layout is, so Helm 3.0-3.6 cannot read the cache.',
    ],
    done: ['Wrote ROOT/oci-layout anew.'],
  },
  'layout-missing': {
    faults: ['oci-layout: ROOT/oci-layout is missing.'],
    done: ['Wrote ROOT/oci-layout anew.'],
  },
  'layout-version': {
    faults: ['oci-layout: ROOT is an image layout of version 2.0.0; Chartroom and Helm know version 1.0.0.'],
    left: ['oci-layout: ROOT is an image layout of version 2.0.0; Chartroom and Helm know version 1.0.0.'],
  },
  'missing-config': { faults: [missingConfig], left: [`${missingConfig} ${noRegistry}`] },
  'missing-layer': {
    faults: [`missing-blob: The layer of ${mychart} is missing (sha256:…).`],
    left: [`missing-blob: The layer of ${mychart} is missing (sha256:…). ${noRegistry}`],
    broken: [mychart],
  },
  'missing-manifest': withoutManifest(
    {
      faults: [`missing-blob: The manifest of ${mychart} is missing (sha256:…).`],
      notes: [orphans('2 blobs (604 B) are')],
    },
    `its manifest sha256:… is missing. ${noRegistry}`,
  ),
  'modern-layer': unreadableForHelm('localhost:5000/modern/v2-minimal:0.1.0'),
  'modern-layer-prov': unreadableForHelm('localhost:5000/modern/v2-minimal:0.1.0'),
  'name-slash': noChart('localhost:5000/poison/x:1', ': there is no Chart.yaml, so this is not a chart.'),
  'nested-index': noChart(
    'localhost:5000/nested/index:1',
    ' is not a Helm chart: it is an index of 1 manifests, such as a multi-platform image.',
  ),
  'ref-scheme': unreadableForHelm('oci://localhost:5000/a/b:1'),
  'sha512-digest': withoutManifest(
    {
      faults: [`missing-blob: The manifest of ${mychart} is missing (sha512:…).`],
      notes: [orphans('3 blobs (925 B) are')],
    },
    `its manifest sha512:… is missing. ${noRegistry}`,
  ),
  'traversal-digest': withoutManifest(
    {
      faults: ['entry: "sha256:../../../index.json" is not a sha256 or sha512 digest.'],
      notes: [orphans('3 blobs (925 B) are')],
    },
    '"sha256:../../../index.json" is not a sha256 or sha512 digest.',
  ),
  'truncated-layer': damagedLayer('have 487 bytes but has 243'),
  'wrong-manifest-size': {
    faults: [`entry: The manifest of ${mychart} has 321 bytes, but is said to have 1.`],
    done: [`Corrected the size of the manifest of ${mychart}: 321 bytes.`],
  },
}

const total = helmVersions.flatMap((version) => cacheVariants(version)).length
let [found, mended] = [0, 0]

afterAll(() => {
  console.log(
    `${found} of ${total} recorded caches are found to be what they are; ${mended} of ${total} are repaired.`,
  )
})

describe.each(helmVersions)('in the caches recorded with Helm %s', (version) => {
  it.each(cacheVariants(version))('what is wrong is found, and nothing is changed: %s', async (variant) => {
    const cache = await cacheOf(version, variant)
    const before = await treeOf(cache.root)

    const { findings, offers } = await verifyCache(cache)

    const { faults = [], notes = [] } = expected[variant] ?? {}
    expect(findings.filter(({ isFault }) => isFault).map((fault) => told(fault, cache))).toEqual(faults)
    expect(findings.filter(({ isFault }) => !isFault).map((note) => told(note, cache))).toEqual(notes)
    expect(offers).toEqual([])
    expect(await treeOf(cache.root)).toEqual(before)
    found += 1
  })

  it.each(cacheVariants(version))(
    'all that can be mended is, and no sound chart is lost: %s',
    async (variant) => {
      const cache = await cacheOf(version, variant)
      const { faults = [], done = [], left = [], broken = [], gone = [] } = expected[variant] ?? {}
      const before = faults.some((fault) => fault.startsWith('index: ')) ? [] : await usableIn(cache)

      const repaired = await repairCache(cache)

      expect(repaired.done.map((sentence) => plain(sentence, cache))).toEqual(done)
      expect(repaired.left.map((fault) => told(fault, cache))).toEqual(left)
      const all = (await listCharts(cache)).map(({ reference }) => reference)
      const usable = await usableIn(cache)
      expect(usable).toEqual(expect.arrayContaining(before))
      expect(all.filter((reference) => !usable.includes(reference))).toEqual(broken)
      expect(gone.filter((reference) => all.includes(reference))).toEqual([])
      expect((await repairCache(cache)).done).toEqual([])
      mended += 1
    },
  )
})

/** References of the charts that can be read to their end. */
async function usableIn(cache: ChartCache): Promise<string[]> {
  const usable: string[] = []
  for (const { reference, problem } of await listCharts(cache)) {
    if (problem !== undefined) continue
    try {
      await openChart(cache, reference)
      usable.push(reference)
    } catch (error) {
      expect(kindOf(error)).toBe('integrity')
    }
  }
  return usable
}

function told({ kind, message }: Finding, cache: ChartCache): string {
  return plain(`${kind}: ${message}`, cache)
}

/** Without the place, the digests, and what only Node's parser of JSON says. */
function plain(sentence: string, { root }: ChartCache): string {
  return sentence
    .replaceAll(root, 'ROOT')
    .replaceAll(/[0-9a-f]{64,}/g, '…')
    .replace(
      /Unterminated string in JSON at position .*?\)|Unexpected token .*? is not valid JSON/,
      'it is not valid JSON',
    )
}
