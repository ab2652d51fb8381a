import { CancellationError, Disposable, l10n } from 'vscode'
import {
  ChartroomError,
  inspectTag,
  kindOf,
  listCharts,
  placeOf,
  pullChart,
  pushChart,
  type CachedChart,
  type ChartOptions,
  type InspectedChart,
  type Logger,
  type OperationOptions,
  type Registries,
  type SoundChart,
} from '../../core/index.ts'
import type { Checks } from '../adapters/checks.ts'
import type { CurrentCache } from '../adapters/currentCache.ts'
import { limits } from '../adapters/settings.ts'
import { requireTrustToPush } from '../commands/requireTrust.ts'
import { chartUri } from '../documents/chartFileSystem.ts'
import { apiError } from './apiError.ts'
import type {
  BrokenChart,
  CallOptions,
  Chart,
  PulledChart,
  PushOptions,
  ResolvedChart,
  TransferOptions,
} from './contract.ts'

export interface ChartAnswersParts {
  readonly current: CurrentCache
  readonly registries: Registries
  readonly checks: Checks
  readonly log: Logger
  /** Does work without asking anybody. */
  readonly unasked: <Result>(work: () => Promise<Result>) => Promise<Result>
  /** Told the reference of what came to a registry. */
  readonly onPushed: (reference: string) => void
}

/** What answers other extensions: the operations of the core, without a question and without a message. */
export class ChartAnswers {
  readonly #parts: ChartAnswersParts

  constructor(parts: ChartAnswersParts) {
    this.#parts = parts
  }

  onDidChangeCharts(listener: () => void): Disposable {
    const { current } = this.#parts
    return Disposable.from(current.onDidChange(listener), current.use())
  }

  async list(options?: CallOptions): Promise<readonly (Chart | BrokenChart)[]> {
    const { current } = this.#parts
    return await this.#calling(options, async (calling) => {
      const charts = await listCharts(current.cache, calling)
      return charts.map((chart) => (chart.problem === undefined ? fieldsOf(chart) : brokenFields(chart)))
    })
  }

  async resolve(reference: string, options?: CallOptions): Promise<ResolvedChart> {
    const { current } = this.#parts
    return await this.#calling(options, async (calling) => {
      const place = await placeOf(current.cache, reference, calling)
      const chart =
        place === 'cache'
          ? await current.cache.require(reference, calling)
          : await this.#inspected(reference, calling)
      const files = chartUri({ place, reference: chart.reference, path: '' })
      return { ...fieldsOf(chart), place, files }
    })
  }

  async pull(reference: string, options?: TransferOptions): Promise<PulledChart> {
    const { current, registries, checks } = this.#parts
    return await this.#calling(options, async (calling) => {
      const pulled = await pullChart(current.cache, registries, reference, calling)
      checks.forgetFault(pulled.reference)
      return { ...fieldsOf(pulled), isNewer: pulled.isNewer }
    })
  }

  async push(reference: string, { overwrite = false, ...options }: PushOptions = {}): Promise<Chart> {
    const { current, registries, onPushed } = this.#parts
    return await this.#calling(options, async (calling) => {
      requireTrustToPush()
      const pushed = await pushChart(current.cache, registries, reference, { ...calling, overwrite })
      onPushed(pushed.reference)
      return fieldsOf(pushed)
    })
  }

  async #inspected(reference: string, options: OperationOptions): Promise<InspectedChart> {
    const inspected = await inspectTag(this.#parts.registries, reference, options)
    if (inspected.kind === 'chart') return inspected
    throw new ChartroomError('not-a-chart', { message: l10n.t('{0} is no chart.', reference), reference })
  }

  /** @throws CancellationError where the token was cancelled; else `ApiError` */
  async #calling<Value>(
    { token, onProgress }: TransferOptions = {},
    work: (options: ChartOptions) => Promise<Value>,
  ): Promise<Value> {
    const controller = new AbortController()
    const { signal } = controller
    const listening = token?.onCancellationRequested(() => {
      controller.abort()
    })
    if (token?.isCancellationRequested === true) controller.abort()
    try {
      signal.throwIfAborted()
      const options: ChartOptions = {
        signal,
        log: this.#parts.log,
        limits: limits(),
        onProgress: ({ done, total }) => onProgress?.({ done, ...(total === undefined ? {} : { total }) }),
      }
      return await this.#parts.unasked(async () => await work(options))
    } catch (error) {
      throw kindOf(error) === 'cancelled' ? new CancellationError() : apiError(error)
    } finally {
      listening?.dispose()
    }
  }
}

/** The fields of the contract, and no others: what the core adds later is not promised to anybody. */
function fieldsOf(chart: SoundChart | InspectedChart): Chart {
  const { reference, name, version, appVersion, description, deprecated } = chart
  const { digest, size, manifestDigest, created, format } = chart
  return {
    reference,
    name,
    version,
    ...(appVersion === undefined ? {} : { appVersion }),
    ...(description === undefined ? {} : { description }),
    deprecated,
    digest,
    size,
    manifestDigest,
    ...(created === undefined ? {} : { created }),
    format,
  }
}

function brokenFields({
  reference,
  problem: { kind, message },
}: Extract<CachedChart, { readonly problem: object }>): BrokenChart {
  return { reference, problem: { kind, message } }
}
