/** How registries differ where the specification leaves it open, or where they do not follow it. */
export interface Manners {
  readonly name: string
  /** The location of an upload: a path, or a whole URL with a state that has to be the newest one. */
  readonly location: 'relative' | 'absolute'
  /** What an older location of an upload gives; `undefined` where it is as good as the newest. */
  readonly staleLocation: 404 | 416 | undefined
  /** What a chunk gives that begins before the end of what is there. */
  readonly overlappingChunk: 202 | 416
  /** What an upload in one POST gives; 202 opens an upload and leaves the content aside. */
  readonly singlePost: 201 | 202
  /** What a blob of another repository gives that is asked to be taken over; 202 opens an upload instead. */
  readonly mount: 201 | 202
  /** `POST /blobs/uploads`, without its last slash. */
  readonly uploadsWithoutSlash: 301 | 405
  /** `GET /v2`, without its last slash. */
  readonly rootWithoutSlash: 301 | 404
  /** Whether manifests of the OCI are hidden from a client that does not name them in `Accept`. */
  readonly hidesManifests: boolean
  /** Whether a manifest may name blobs that are not there. */
  readonly takesUnknownBlobs: boolean
  /** Whether a tag may hold a `+`, written `%2B`. */
  readonly takesPlus: boolean
  /** What a manifest gives whose content type is none of the known ones. */
  readonly badContentType: 400 | 415
  /** What a manifest of more than 4 MiB gives. */
  readonly largeManifest: 400 | 413
  /** Whether an error 401 has no list around it. */
  readonly bareErrors: boolean
  /** Whether `WWW-Authenticate` stands on answers that are no 401 too, in lower case and unquoted. */
  readonly alwaysOffers: boolean
  /** What a login with too few rights gives. */
  readonly tooFewRights: 401 | 403
  /** What a manifest of an unknown repository is called. */
  readonly unknownRepository: 'NAME_UNKNOWN' | 'MANIFEST_UNKNOWN'
}

/** docker-registry 2.8.2. */
export const distribution2: Manners = {
  name: 'distribution 2.8',
  location: 'absolute',
  staleLocation: 404,
  overlappingChunk: 202,
  singlePost: 202,
  mount: 201,
  uploadsWithoutSlash: 301,
  rootWithoutSlash: 301,
  hidesManifests: true,
  takesUnknownBlobs: false,
  takesPlus: false,
  badContentType: 400,
  largeManifest: 400,
  bareErrors: false,
  alwaysOffers: false,
  tooFewRights: 401,
  unknownRepository: 'MANIFEST_UNKNOWN',
}

/** distribution 3.1.2. */
export const distribution3: Manners = {
  ...distribution2,
  name: 'distribution 3',
  staleLocation: 416,
  overlappingChunk: 416,
}

/** zot 2.1.20 without deduplication. */
export const zot: Manners = {
  name: 'zot',
  location: 'relative',
  staleLocation: undefined,
  overlappingChunk: 416,
  singlePost: 201,
  mount: 202,
  uploadsWithoutSlash: 405,
  rootWithoutSlash: 404,
  hidesManifests: false,
  takesUnknownBlobs: true,
  takesPlus: true,
  badContentType: 415,
  largeManifest: 413,
  bareErrors: true,
  alwaysOffers: true,
  tooFewRights: 403,
  unknownRepository: 'NAME_UNKNOWN',
}
