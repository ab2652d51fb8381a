import { maintainerName, type Metadata } from './metadata.ts'

/** What a list of charts says about one, out of its metadata. */
export interface ChartFacts {
  readonly name: string
  readonly version: string
  readonly appVersion?: string
  readonly description?: string
  readonly deprecated: boolean
  /** The versions of Kubernetes that it is for, as a range. */
  readonly kubeVersion?: string
  /** As texts, for example `Jane Doe (jane@example.com)`; unset where there are none. */
  readonly maintainers?: readonly string[]
}

/** The facts that a Chart.yaml, or a config blob, gives. Fields that it leaves out stay unset. */
export function factsIn(metadata: Metadata): ChartFacts {
  const { name, version, appVersion, description, deprecated = false, kubeVersion, maintainers } = metadata
  const names = maintainers?.map(maintainerName).filter((text) => text !== '') ?? []
  return {
    name,
    version,
    ...(appVersion === undefined ? {} : { appVersion }),
    ...(description === undefined ? {} : { description }),
    deprecated,
    ...(kubeVersion === undefined ? {} : { kubeVersion }),
    ...(names.length === 0 ? {} : { maintainers: names }),
  }
}
