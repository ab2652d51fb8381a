import type { OperationOptions } from './progress.ts'

/** Who somebody is at a registry. Never printed, logged or put into an error; `origin` may be. */
export interface Credential {
  readonly username: string
  readonly password: string
  /** An OAuth2 refresh token, which registries call identity token; user name and password are then empty. */
  readonly identityToken?: string
  /** Other repositories of the registry may have a login of their own, because the place that it came from has several. */
  readonly isPartial?: boolean
  /** Goes to the registry itself only, and over HTTPS, whatever else a person has set for the host. */
  readonly isConfined?: boolean
  /** Where it came from, for people: for example "~/.docker/config.json". */
  readonly origin: string
}

/** What a login is looked for with. */
export interface FindOptions extends OperationOptions {
  /** What it is for, without the host: `team/chart`. Podman keeps logins for parts of a registry. */
  readonly repository?: string
}
