import { Disposable, l10n, type Event, type LogOutputChannel } from 'vscode'
import { apiError } from './apiError.ts'
import type { ChartAnswers } from './chartAnswers.ts'
import type { ChartroomApi, ChartroomExports } from './contract.ts'

/**
 * What `activate` returns. Like all that the editor holds since activation, it asks for what stands behind it when something
 * of it is first used.
 */
export function chartroomExports(
  use: () => Promise<ChartAnswers>,
  log: Pick<LogOutputChannel, 'error'>,
): ChartroomExports {
  const find = async (): Promise<ChartAnswers> => {
    try {
      return await use()
    } catch (error) {
      throw apiError(error)
    }
  }
  const api: ChartroomApi = Object.freeze({
    version: 1,
    onDidChangeCharts: changesOf(find, log),
    list: async (options) => await (await find()).list(options),
    resolve: async (reference, options) => await (await find()).resolve(reference, options),
    pull: async (reference, options) => await (await find()).pull(reference, options),
    push: async (reference, options) => await (await find()).push(reference, options),
  } satisfies ChartroomApi)
  return {
    getApi: (version: number) => {
      if (version === api.version) return api
      throw new Error(
        l10n.t(
          'Another extension asks for version {0} of Chartroom’s interface, and this Chartroom has version {1}. One of the two wants an update.',
          String(version),
          api.version,
        ),
      )
    },
  }
}

function changesOf(find: () => Promise<ChartAnswers>, log: Pick<LogOutputChannel, 'error'>): Event<void> {
  return (listener, self, disposables) => {
    const listening = find().then(
      (answers) => answers.onDidChangeCharts(listener.bind(self)),
      (error: unknown) => {
        log.error(`Nobody hears of changes of the charts: ${apiError(error).message}`)
        return undefined
      },
    )
    const disposable = new Disposable(async () => {
      ;(await listening)?.dispose()
    })
    disposables?.push(disposable)
    return disposable
  }
}
