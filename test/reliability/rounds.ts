/** How many times as much as in `npm test`: CHARTROOM_RELIABILITY=10 takes ten times as long and finds what is rarer. */
export const times = Number(process.env['CHARTROOM_RELIABILITY'] ?? '1')

/** A number of rounds, multiplied where somebody asks for more. */
export function rounds(usual: number): number {
  return Math.max(1, Math.round(usual * times))
}
