import { until } from './waiting.ts'
import type { Workbench } from './workbench.ts'

/** Waits until a row in sight shows this: its label, a space and its description. */
export async function showsRow(workbench: Workbench, wanted: string | RegExp): Promise<void> {
  await workbench.doing(`waiting for the row ${String(wanted)}`, () =>
    until(async () =>
      (await workbench.rows()).some((row) =>
        typeof wanted === 'string' ? row === wanted : wanted.test(row),
      ),
    ),
  )
}
