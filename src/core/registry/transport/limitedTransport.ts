import type { Pace } from './pace.ts'
import type { Slot, Slots } from './slots.ts'
import type { HttpRequest, HttpResponse, RequestBody, SendOptions, Transport } from './transport.ts'

/**
 * A transport that has no more exchanges with a host under way than its slots allow, and none while the host wants to be
 * left alone. An exchange lasts until its answer is read or closed.
 *
 * @param slotsFor the slots of the host of a URL
 */
export function limitedTransport(transport: Transport, slotsFor: (url: URL) => Slots, pace: Pace): Transport {
  return {
    async send(request: HttpRequest, options: SendOptions = {}): Promise<HttpResponse> {
      const slot = await turnOf(slotsFor(request.url), pace, options)
      try {
        const { body, ...rest } = request
        const sent = body === undefined ? rest : { ...rest, body: fedBody(body, slot) }
        const response = await transport.send(sent, options)
        // Before the slot is somebody else's.
        pace.heed(response)
        if (request.method === 'HEAD') slot.end()
        else slot.rest()
        return {
          ...response,
          body: readBody(response.body, slot),
          close: () => {
            slot.end()
            response.close()
          },
        }
      } catch (error) {
        slot.end()
        throw error
      }
    },
  }
}

/** A slot at a time when the host may be asked, which can have changed while others had the slots. */
async function turnOf(slots: Slots, pace: Pace, options: SendOptions): Promise<Slot> {
  for (;;) {
    await pace.ready(options)
    const slot = await slots.take(options.signal)
    if (pace.isOpen) return slot
    slot.end()
  }
}

/** A body of a request, whose slot rests while there is nothing to send. */
function fedBody(body: RequestBody, slot: Slot): RequestBody {
  return {
    ...body,
    async *open(): AsyncGenerator<Uint8Array> {
      slot.rest()
      try {
        for await (const chunk of await body.open()) {
          slot.goOn()
          yield chunk
          slot.rest()
        }
      } finally {
        slot.goOn()
      }
    },
  }
}

/** A body of an answer, whose slot rests while nobody reads. */
async function* readBody(body: AsyncIterable<Uint8Array>, slot: Slot): AsyncGenerator<Uint8Array> {
  try {
    slot.goOn()
    for await (const chunk of body) {
      slot.rest()
      yield chunk
      slot.goOn()
    }
  } finally {
    slot.end()
  }
}
