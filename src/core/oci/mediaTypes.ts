/** @see https://github.com/opencontainers/image-spec/blob/main/media-types.md */
export const mediaTypes = {
  manifest: 'application/vnd.oci.image.manifest.v1+json',
  index: 'application/vnd.oci.image.index.v1+json',
  dockerManifest: 'application/vnd.docker.distribution.manifest.v2+json',
  dockerManifestList: 'application/vnd.docker.distribution.manifest.list.v2+json',
} as const

/** What a manifest request accepts. Distribution 2.8 answers 404 where the OCI types are not named. */
export const acceptedManifests: readonly string[] = Object.values(mediaTypes)

/** A media type without its parameters, in lower case. */
export function bareMediaType(text: string): string {
  if (bare.test(text)) return text
  return (text.split(';', 1)[0] ?? '').trim().toLowerCase()
}

/** Looking is several times as fast as taking apart, and most media types are like this. */
const bare = /^[!-:<-@[-~]*$/
