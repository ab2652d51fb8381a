/** What a person has set for how to speak to one registry host. `hostSchema.ts` says what each may be. */
export interface HostOptions {
  /** `true`: plain HTTP; `false`: HTTPS even on a loopback host. Unset: HTTPS, on a loopback host what the peer speaks. */
  readonly plainHttp?: boolean
  /** Accepts any certificate. */
  readonly insecureSkipVerify?: boolean
  /** PEM files: certificate authorities besides the system's, and the client's own certificate and key. */
  readonly caFile?: string
  readonly clientCert?: string
  readonly clientKey?: string
  /** Hosts of token servers, besides the registry's own, that may be sent the login. */
  readonly trustedRealms?: readonly string[]
  /** How many requests are under way at a time; unset: 4. */
  readonly maxParallel?: number
  /** Milliseconds until the headers of an answer have to be there. */
  readonly requestTimeoutMs?: number
  /** Milliseconds between two chunks of a body. */
  readonly idleTimeoutMs?: number
  /** Whether the registry is asked which repositories it has; unset: `auto`, it is. */
  readonly catalog?: 'auto' | 'off'
  /** How many entries a page of the catalogue, or of a list of tags, has; unset: what the registry likes. */
  readonly pageSize?: number
  /** For registries that send a wrong `Docker-Content-Digest` with their manifests. */
  readonly ignoreContentDigestHeader?: boolean
  /** How what refers to a manifest is found: by the API, by the tag that stands in for it, not at all; unset: `auto`, what works. */
  readonly referrers?: 'auto' | 'api' | 'tag' | 'off'
}
