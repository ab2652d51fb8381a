/** How a person wants the local registry. Holds no secret: the password is in the htpasswd file only, as a hash. */
export interface LocalRegistryChoices {
  readonly how: 'docker' | 'embedded'
  readonly port: number
  /** The folder that keeps what is pushed. Without one Docker forgets it with the container, and the embedded registry takes a folder of Chartroom's own. */
  readonly storage?: string
  /** Who has to log in; without one everybody is let in. */
  readonly user?: string
  /** Whether Docker starts the container again whenever it ends, and with the machine. */
  readonly restart: boolean
}

/** The port of Helm's guide. */
export const guidePort = 5000

/** The registry's host as references write it, for example `localhost:5000`. */
export function hostOf({ port }: LocalRegistryChoices): string {
  return `localhost:${port}`
}

/** The port that a person typed; `undefined` where it is none. */
export function portOf(text: string): number | undefined {
  const port = /^\d{1,5}$/.test(text.trim()) ? Number(text) : 0
  return port >= 1 && port <= 65_535 ? port : undefined
}

/** Reads choices that were kept as JSON; `undefined` where they are none. */
export function choicesOf(value: unknown): LocalRegistryChoices | undefined {
  if (typeof value !== 'object' || value === null) return undefined
  const { how, port, storage, user, restart } = value as Partial<Record<keyof LocalRegistryChoices, unknown>>
  if ((how !== 'docker' && how !== 'embedded') || typeof port !== 'number') return undefined
  return {
    how,
    port,
    ...(typeof storage === 'string' ? { storage } : {}),
    ...(typeof user === 'string' ? { user } : {}),
    restart: restart === true,
  }
}
