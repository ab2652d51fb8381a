/**
 * A name that is free beside one that is taken: `mychart-2`, `mychart-0.1.0-2.tgz`.
 *
 * @param ending what stays at the end, for example `.tgz`
 * @param taken the names that are in the folder; their case does not tell them apart, because on some disks it does not
 */
export function nameBeside(name: string, ending: string, taken: readonly string[]): string {
  const stem = ending === '' ? name : name.slice(0, -ending.length)
  const used = new Set(taken.map((other) => other.toLowerCase()))
  for (let number = 2; ; number++) {
    const free = `${stem}-${number}${ending}`
    if (!used.has(free.toLowerCase())) return free
  }
}
