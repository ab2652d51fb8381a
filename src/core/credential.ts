/** Who somebody is at a registry. Never printed, logged or put into an error; `origin` may be. */
export interface Credential {
  readonly username: string
  readonly password: string
  /** An OAuth2 refresh token, which registries call identity token; user name and password are then empty. */
  readonly identityToken?: string
  /** Goes to the registry itself only, and over HTTPS, whatever else a person has set for the host. */
  readonly isConfined?: boolean
  /** Where it came from, for people: for example "~/.docker/config.json". */
  readonly origin: string
}
