/**
 * What a Chart.yaml says, with the keys and the types of Helm. A key that is missing, null or empty is absent.
 * @see https://helm.sh/docs/topics/charts/#the-chartyaml-file
 */
export interface Metadata {
  readonly name: string
  readonly version: string
  readonly apiVersion: string
  readonly home?: string
  readonly sources?: readonly string[]
  readonly description?: string
  readonly keywords?: readonly string[]
  /** Never holds null: such a chart is refused. */
  readonly maintainers?: readonly Maintainer[]
  readonly icon?: string
  readonly condition?: string
  readonly tags?: string
  readonly appVersion?: string
  readonly deprecated?: boolean
  readonly annotations?: Readonly<Record<string, string>>
  readonly kubeVersion?: string
  readonly dependencies?: readonly Dependency[]
  readonly type?: string
}

export interface Maintainer {
  readonly name?: string
  readonly email?: string
  readonly url?: string
}

export interface Dependency {
  readonly name?: string
  readonly version?: string
  readonly repository?: string
  readonly condition?: string
  readonly tags?: readonly string[]
  readonly enabled?: boolean
  readonly 'import-values'?: readonly unknown[]
  readonly alias?: string
}

/** A maintainer as one text: the name, with the address behind it in parentheses. */
export function maintainerName({ name = '', email = '' }: Maintainer): string {
  return email === '' ? name : `${name} (${email})`
}
