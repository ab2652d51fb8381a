import { hostOf, type LocalRegistryChoices } from './choices.ts'

/** What is known of the local registry; `none` where nobody asked for one, or nobody has looked yet. */
export type LocalRegistryState =
  | {
      readonly kind: 'none'
      readonly host?: undefined
      readonly how?: undefined
      readonly choices?: undefined
    }
  | (Place & { readonly kind: 'starting' | 'running' | 'stopped' })
  | (Place & { readonly kind: 'failed'; readonly reason: string })

export interface Place {
  /** As references name it, for example `localhost:5000`. */
  readonly host: string
  readonly how: 'docker' | 'embedded'
  readonly choices: LocalRegistryChoices
}

/** Where a registry that is wanted like this is. */
export function placeOf(choices: LocalRegistryChoices): Place {
  return { host: hostOf(choices), how: choices.how, choices }
}
