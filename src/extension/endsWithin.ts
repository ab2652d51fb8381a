/** Whether work comes to an end, well or badly, within so many milliseconds. */
export async function endsWithin(milliseconds: number, work: Promise<unknown>): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<boolean>((resolve) => {
    timer = setTimeout(resolve, milliseconds, false)
  })
  const end = (): boolean => true
  return await Promise.race([work.then(end, end), late]).finally(() => {
    clearTimeout(timer)
  })
}
