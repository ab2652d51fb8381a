import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { digestOf, hexOf, isDigest, type Digest } from '../../src/core/oci/digest.ts'
import { wireTag } from '../../src/core/oci/reference.ts'
import { cleanEnvironment, helm, oras, skopeo, type Peer } from './peers.ts'
import { runOrFail } from './run.ts'

/** A chart at a registry, as another program meets it. */
export interface ChartThere {
  /** `localhost:5000/team`, where the last part of the repository is the name of the chart. */
  readonly parent: string
  readonly name: string
  readonly version: string
  readonly hasProvenance: boolean
}

/** What another program found or sent, by the bytes that it left on the disk or by what it says. */
export interface Digests {
  readonly manifest: Digest
  readonly content: Digest
}

/** Another program that fetches charts from registries and sends them there. */
export interface OtherClient {
  readonly name: string
  readonly peer: Peer
  /** Fetches a chart into an empty directory. */
  fetch(chart: ChartThere, directory: string): Promise<Digests>
  /** Sends what it fetched into a directory to another parent. */
  send(chart: ChartThere, directory: string): Promise<Digests>
}

export async function otherClients(): Promise<readonly OtherClient[]> {
  return [
    throughLayout('skopeo', skopeo(), {
      fetch: (reference, layout) => [
        'copy',
        '--src-tls-verify=false',
        `docker://${reference}`,
        `oci:${layout}`,
      ],
      send: (layout, reference) => [
        'copy',
        '--dest-tls-verify=false',
        `oci:${layout}`,
        `docker://${reference}`,
      ],
    }),
    throughLayout('oras', await oras(), {
      fetch: (reference, layout) => ['copy', '--from-plain-http', reference, '--to-oci-layout', layout],
      send: (layout, reference) => ['copy', '--from-oci-layout', layout, '--to-plain-http', reference],
    }),
    helmClient('Helm 3.22.0', await helm(3)),
    helmClient('Helm 4.3.1', await helm(4)),
  ]
}

interface Arguments {
  readonly fetch: (reference: string, layout: string) => readonly string[]
  readonly send: (layout: string, reference: string) => readonly string[]
}

/** A program that copies between a registry and an image layout. */
function throughLayout(name: string, peer: Peer, args: Arguments): OtherClient {
  const referenceOf = (chart: ChartThere): string => `${chart.parent}/${chart.name}:${wireTag(chart.version)}`
  const layoutIn = (directory: string): string => join(directory, 'layout')
  return {
    name,
    peer,
    fetch: async (chart, directory) => {
      await runOrFail(peer.command, args.fetch(referenceOf(chart), `${layoutIn(directory)}:1`), {
        env: await cleanEnvironment(),
      })
      return await digestsIn(layoutIn(directory))
    },
    send: async (chart, directory) => {
      await runOrFail(peer.command, args.send(`${layoutIn(directory)}:1`, referenceOf(chart)), {
        env: await cleanEnvironment(),
      })
      return await digestsIn(layoutIn(directory))
    },
  }
}

/** Of the one chart in a layout, hashed anew. */
async function digestsIn(layout: string): Promise<Digests> {
  const index = JSON.parse(await readFile(join(layout, 'index.json'), 'utf8')) as {
    readonly manifests: readonly { readonly digest: Digest }[]
  }
  const blob = async (digest: Digest | undefined): Promise<Buffer> =>
    await readFile(join(layout, 'blobs', 'sha256', digest === undefined ? '' : hexOf(digest)))
  const manifest = await blob(index.manifests[0]?.digest)
  const { layers } = JSON.parse(manifest.toString()) as {
    readonly layers: readonly { readonly digest: Digest; readonly mediaType: string }[]
  }
  const content = layers.find(({ mediaType }) => !mediaType.includes('provenance'))
  return { manifest: digestOf(manifest), content: digestOf(await blob(content?.digest)) }
}

/** Helm writes archives, and says what the manifest is. */
function helmClient(name: string, peer: Peer): OtherClient {
  const archiveOf = (chart: ChartThere, directory: string): string =>
    join(directory, `${chart.name}-${chart.version}.tgz`)
  const helmSays = async (args: readonly string[]): Promise<Digest> => {
    const { stdout, stderr } = await runOrFail(peer.command, args, { env: await cleanEnvironment() })
    const said = /^Digest: (\S+)$/m.exec(stdout + stderr)?.[1]
    if (isDigest(said)) return said
    throw new Error(`${name} names no digest:\n${stdout}${stderr}`)
  }
  return {
    name,
    peer,
    fetch: async (chart, directory) => {
      const from = ['pull', `oci://${chart.parent}/${chart.name}`, '--version', chart.version]
      const provenance = chart.hasProvenance ? ['--prov'] : []
      const manifest = await helmSays([...from, ...provenance, '--plain-http', '-d', directory])
      return { manifest, content: digestOf(await readFile(archiveOf(chart, directory))) }
    },
    send: async (chart, directory) => {
      const archive = archiveOf(chart, directory)
      const manifest = await helmSays(['push', archive, `oci://${chart.parent}`, '--plain-http'])
      return { manifest, content: digestOf(await readFile(archive)) }
    },
  }
}
