import { TransportError } from './transport.ts'

/**
 * Passes the body of an answer on and fails where it ends before the length that was announced. node-fetch does that for a
 * connection that is cut; but where more comes than was announced, it ends the exchange and throws away what it has.
 *
 * @param announced the value of `Content-Length`; nothing is compared where there is none
 * @throws TransportError
 */
export async function* wholeBody(
  body: AsyncIterable<Uint8Array | string>,
  announced: string | null,
): AsyncGenerator<Uint8Array | string> {
  let size = 0
  for await (const chunk of body) {
    size += chunk.length
    yield chunk
  }
  if (announced !== null && size < Number(announced)) {
    throw new TransportError('ERR_STREAM_PREMATURE_CLOSE', `${size} of ${announced} bytes came`)
  }
}
