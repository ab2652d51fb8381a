import { describe, expect } from 'vitest'
import { startDockerRegistry } from '../support/dockerRegistry.ts'
import { fixture } from '../support/fixtures.ts'
import { cleanEnvironment, helm, itWith } from '../support/peers.ts'
import { runOrFail } from '../support/run.ts'
import { openWorkbench } from '../support/workbench.ts'

const helm4 = await helm(4)

describe('A chart that Helm 4.3.1 pushed with its provenance', () => {
  itWith(helm4)('is pulled into the tree, and pushed again with the same manifest digest', async () => {
    const registry = await startDockerRegistry()
    const repository = `${registry.host}/signed/crds-schema-docs`
    await runOrFail(
      helm4.command,
      [
        'push',
        fixture('modern', 'helm-4.3.1', 'crds-schema-docs-0.1.0.tgz'),
        `oci://${registry.host}/signed`,
        '--plain-http',
      ],
      { env: await cleanEnvironment() },
    )
    const pushedByHelm = await digestAt(registry.host)
    const workbench = await openWorkbench({ theme: 'Dark Modern' })
    await workbench.openView('Cached Charts')

    await workbench.runCommand('Chartroom: Pull Chart…')
    await workbench.quickInput.answer(`${repository}:0.1.0`)
    await workbench.notification(`Pulled ${repository}:0.1.0.`)
    await workbench.expand(repository)
    await workbench.expand('0.1.0')
    await workbench.row('values.schema.json').waitFor()
    await workbench.screenshot('a signed chart of Helm 4')
    await fetch(`http://${registry.host}/v2/signed/crds-schema-docs/manifests/${pushedByHelm}`, {
      method: 'DELETE',
    })
    await workbench.clickAction('Push Cached Chart', '0.1.0')
    await workbench.notification(`Pushed crds-schema-docs 0.1.0 to ${registry.host}.`)

    expect(await digestAt(registry.host)).toBe(pushedByHelm)
  })
})

async function digestAt(host: string): Promise<string> {
  const answer = await fetch(`http://${host}/v2/signed/crds-schema-docs/manifests/0.1.0`, {
    headers: { accept: 'application/vnd.oci.image.manifest.v1+json' },
  })
  expect(answer.status).toBe(200)
  return answer.headers.get('docker-content-digest') ?? ''
}
