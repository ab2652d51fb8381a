import type { InsideNode } from './fileNodes.ts'
import { failureNode, lineNode, tagId, type RegistryNode } from './registryNodes.ts'
import { registryProblem } from './registryProblem.ts'

/** Reads the list of a chart's files at its registry. */
export type OpenFiles = (
  reference: string,
  options: { readonly signal: AbortSignal },
) => Promise<readonly InsideNode[]>

/** The files of one chart at a registry, read when somebody looks into it. */
export class OpenedFiles {
  readonly reference: string
  readonly host: string
  readonly #open: OpenFiles
  #files: readonly InsideNode[] | undefined
  #error: unknown
  #controller: AbortController | undefined
  #reading: Promise<boolean> = Promise.resolve(true)
  #isDue = true

  constructor(host: string, reference: string, open: OpenFiles) {
    this.host = host
    this.reference = reference
    this.#open = open
  }

  get id(): string {
    return tagId(this.reference)
  }

  /** Why they did not come. */
  get error(): unknown {
    return this.#error
  }

  get isDue(): boolean {
    return this.#isDue
  }

  get isLoading(): boolean {
    return this.#controller !== undefined
  }

  get children(): RegistryNode[] {
    const { id, host } = this
    if (this.#error !== undefined) return [failureNode(id, host, registryProblem(this.#error, host))]
    if (this.#files === undefined) return [lineNode(id, 'loading')]
    return this.#files.length === 0 ? [lineNode(id, 'noFiles')] : [...this.#files]
  }

  /** Makes the files due again. */
  expire(): void {
    this.stop()
    this.#isDue = true
    this.#error = undefined
  }

  /** Reads them where they are due. @returns `false` where it was stopped */
  async proceed(): Promise<boolean> {
    if (this.#controller === undefined && this.#isDue) {
      this.#controller = new AbortController()
      this.#reading = this.#read(this.#controller)
    }
    return await this.#reading
  }

  stop(): void {
    const controller = this.#controller
    this.#controller = undefined
    controller?.abort()
  }

  async #read(controller: AbortController): Promise<boolean> {
    const outcome = await this.#open(this.reference, { signal: controller.signal }).then(
      (files) => ({ files, error: undefined }),
      (error: unknown) => ({ files: undefined, error }),
    )
    // Somebody stopped it: whatever came is nobody's any more.
    if (this.#controller !== controller) return false
    this.#controller = undefined
    this.#isDue = false
    this.#files = outcome.files
    this.#error = outcome.error
    return true
  }
}
