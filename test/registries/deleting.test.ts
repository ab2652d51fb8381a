import { describe, expect, it } from 'vitest'
import {
  ChartCache,
  deleteFromRegistry,
  listTags,
  planDeletion,
  pushChart,
  Registries,
  saveChart,
} from '../../src/core/index.ts'
import { person } from '../support/commandLine.ts'
import { startCountingProxy } from '../support/countingProxy.ts'
import { startDistribution3, startDockerRegistry } from '../support/dockerRegistry.ts'
import { localRegistry } from '../support/localRegistry.ts'
import { distribution3, itWith } from '../support/peers.ts'
import { writeChart } from '../support/sampleChart.ts'
import { temporaryDirectory } from '../support/temporary.ts'
import { failureOf } from '../core/registry/scriptedServer.ts'

const repository = 'myrepo/mychart'

describe('deleting a chart from docker-registry 2.8', () => {
  it('names every tag that shares its digest, and takes them all', async () => {
    const registry = await startDockerRegistry()
    const proxy = await startCountingProxy(registry.host)
    const registries = await withCharts(proxy.host)
    proxy.clear()

    const plan = await planDeletion(registries, `${proxy.host}/${repository}:2.7.0`)
    expect(plan).toMatchObject({ tags: ['2.7.0', '2.7', 'latest'], isComplete: true })
    // The digest of the tag, the list, and a look at each other tag.
    expect(proxy.requests.map(({ method }) => method)).toEqual(['HEAD', 'GET', 'HEAD', 'HEAD', 'HEAD'])

    const deleted = await deleteFromRegistry(registries, plan)
    expect(deleted.tags).toEqual(['2.7.0', '2.7', 'latest'])
    expect(await tagsOf(registries, proxy.host)).toEqual(['1.0.0'])
  })

  it('does not take a tag alone away, says so, and leaves everything as it was', async () => {
    const { host } = await startDockerRegistry()
    const registries = await withCharts(host)
    const plan = await planDeletion(registries, `${host}/${repository}:latest`)

    expect(await failureOf(deleteFromRegistry(registries, plan, { tagOnly: true }))).toEqual({
      kind: 'unsupported',
      message: `${host} does not take away the tag alone from ${host}/${repository}:latest.`,
    })
    expect(await tagsOf(registries, host)).toEqual(['1.0.0', '2.7', '2.7.0', 'latest'])
  })

  it('that does not allow it fails with a sentence', async () => {
    const { host } = await startDockerRegistry({ delete: false })
    const registries = await withCharts(host)
    const plan = await planDeletion(registries, `${host}/${repository}:1.0.0`)

    const { kind, message } = await failureOf(deleteFromRegistry(registries, plan))
    expect(kind).toBe('unsupported')
    expect(message).toContain(`${host} does not delete ${host}/${repository}@sha256:`)
    expect(message).toContain('deleting is switched off there')
  })
})

describe('deleting a chart from distribution 3', async () => {
  const peer = await distribution3()

  itWith(peer)('takes a tag alone away', async () => {
    const { host } = await startDistribution3()
    const registries = await withCharts(host)
    const plan = await planDeletion(registries, `${host}/${repository}:latest`)

    await deleteFromRegistry(registries, plan, { tagOnly: true })

    expect(await tagsOf(registries, host)).toEqual(['1.0.0', '2.7', '2.7.0'])
  })

  itWith(peer)('takes every tag of it by its digest', async () => {
    const { host } = await startDistribution3()
    const registries = await withCharts(host)

    await deleteFromRegistry(registries, await planDeletion(registries, `${host}/${repository}:2.7`))

    expect(await tagsOf(registries, host)).toEqual(['1.0.0'])
  })
})

describe('deleting a chart from the embedded registry', () => {
  it('takes every tag of it by its digest', async () => {
    const { host } = new URL((await localRegistry()).url)
    const registries = await withCharts(host)

    await deleteFromRegistry(registries, await planDeletion(registries, `${host}/${repository}:2.7`))

    expect(await tagsOf(registries, host)).toEqual(['1.0.0'])
  })
})

describe('chartroom registry delete', () => {
  it('asks on a terminal, naming the tags that go along, and deletes nothing without a yes', async () => {
    const { host } = await startDockerRegistry()
    const registries = await withCharts(host)
    const { chartroomOnTerminal } = await person()
    const reference = `${host}/${repository}:2.7.0`
    const question =
      `Delete 2.7.0 from ${host}/${repository}? ` +
      'The tags 2.7 and latest point to the same chart and go with it. [y/N] '

    const no = await chartroomOnTerminal(
      ['registry', 'delete', reference],
      [{ after: '[y/N] ', type: 'n\r' }],
    )
    expect(no).toEqual({ output: expect.stringContaining(question) as string, exit: 130 })
    expect(no.output).toContain('Stopped. Nothing was deleted.')
    expect(await tagsOf(registries, host)).toEqual(['1.0.0', '2.7', '2.7.0', 'latest'])

    const yes = await chartroomOnTerminal(
      ['registry', 'delete', reference],
      [{ after: '[y/N] ', type: 'y\r' }],
    )
    expect(yes.exit).toBe(0)
    expect(yes.output).toContain(`latest: deleted from ${host}/${repository}\n`)
    expect(await tagsOf(registries, host)).toEqual(['1.0.0'])
  })

  it('without a terminal wants --yes, and says how', async () => {
    const { host } = await startDockerRegistry()
    const registries = await withCharts(host)
    const { chartroom } = await person()
    const reference = `${host}/${repository}:2.7.0`

    expect(await chartroom(['registry', 'delete', reference])).toEqual({
      stdout: '',
      stderr:
        `${reference} is not deleted unasked, and nobody can be asked, because standard input is not a terminal; use --yes.\n` +
        `Run: chartroom registry delete ${reference} --yes\n`,
      exit: 2,
    })
    expect(await chartroom(['registry', 'delete', reference, '--yes'])).toEqual({
      stdout: ['2.7.0', '2.7', 'latest']
        .map((tag) => `${tag}: deleted from ${host}/${repository}\n`)
        .join(''),
      stderr: '',
      exit: 0,
    })
    const json = await chartroom(['registry', 'delete', `${host}/${repository}:1.0.0`, '-y', '-o', 'json'])
    expect(JSON.parse(json.stdout)).toMatchObject({ tags: ['1.0.0'], isComplete: true })
    expect(await tagsOf(registries, host)).toEqual([])
    const gone = await chartroom(['registry', 'delete', reference, '--yes'])
    expect(gone).toMatchObject({ exit: 4, stdout: '' })
  })

  it('where deleting is switched off exits 5 and says what to do', async () => {
    const { host } = await startDockerRegistry({ delete: false })
    await withCharts(host)
    const { chartroom } = await person()

    const { stderr, exit } = await chartroom(['registry', 'delete', `${host}/${repository}:1.0.0`, '-y'])

    expect(exit).toBe(5)
    expect(stderr).toContain('deleting is switched off there')
    expect(stderr).toContain(`ask whoever runs it to allow deleting.\n`)
  })
})

/** 1.0.0; and another chart that is called 2.7.0, 2.7 and latest. */
async function withCharts(host: string): Promise<Registries> {
  const registries = new Registries({ findCredential: () => Promise.resolve(undefined) })
  const directory = await temporaryDirectory()
  const cache = new ChartCache(await temporaryDirectory())
  const old = await writeChart(directory, 'mychart', '1.0.0')
  await pushChart(cache, registries, (await saveChart(cache, old, `${host}/${repository}:1.0.0`)).reference)
  const latest = await writeChart(await temporaryDirectory(), 'mychart', '2.7.0')
  for (const tag of ['2.7.0', '2.7', 'latest']) {
    const { reference } = await saveChart(cache, latest, `${host}/${repository}:${tag}`)
    await pushChart(cache, registries, reference)
  }
  return registries
}

async function tagsOf(registries: Registries, host: string): Promise<string[]> {
  const tags: string[] = []
  for await (const page of listTags(registries, `${host}/${repository}`)) tags.push(...page)
  return tags.sort()
}
