import type { Socket } from 'node:net'
import { setInterval, clearInterval, setTimeout } from 'node:timers'
import { gzipSync } from 'node:zlib'
import type { Answer, Exchange } from './exchange.ts'
import { give, headOf } from './listener.ts'

/** Inflicts a fault on an exchange in place of its answer. */
export type Inflict = (exchange: Exchange) => void

/** How a connection ends: as if a program had crashed, or as if it had said everything. */
export type End = 'reset' | 'end'

/** What was written arrives before the reset does. */
const headStart = 5

function finish(socket: Socket, end: End): void {
  if (end === 'end') socket.end()
  else setTimeout(() => socket.resetAndDestroy(), headStart)
}

/** Ends before anything is said. */
export function silently(end: End): Inflict {
  return ({ socket }) => {
    finish(socket, end)
  }
}

/** Ends within the headers. */
export function withinHeaders(end: End): Inflict {
  return ({ socket, answer }) => {
    socket.write(headOf(answer()).slice(0, 40))
    finish(socket, end)
  }
}

/** Ends within the body, whose length was announced. */
export function withinBody(end: End, count: (length: number) => number): Inflict {
  return ({ socket, answer }) => {
    const good = answer()
    socket.write(headOf(good))
    socket.write(good.body.subarray(0, count(good.body.length)))
    finish(socket, end)
  }
}

/** Ends a chunked body without its last chunk. */
export const withinChunks: Inflict = ({ socket, answer }) => {
  const good = answer()
  const half = good.body.subarray(0, good.body.length / 2)
  socket.write(headOf({ ...good, headers: { ...good.headers, 'transfer-encoding': 'chunked' } }, 'unsaid'))
  socket.end(chunk(half))
}

/** Ends a body of which nobody said how long it is. */
export const withoutLength: Inflict = ({ socket, answer }) => {
  const good = answer()
  socket.write(headOf(good, 'unsaid'))
  socket.end(good.body.subarray(0, good.body.length / 2))
}

/** Sends the right body and then more, without announcing it. */
export const withMoreBehind: Inflict = ({ socket, answer }) => {
  const good = answer()
  socket.write(headOf(good))
  socket.end(Buffer.concat([good.body, Buffer.from('more')]))
}

/** Gives another body, or other headers. */
export function changed(change: (good: Answer) => Answer): Inflict {
  return ({ asked, socket, answer }) => {
    give(change(answer()), asked.method, socket)
  }
}

/** Gives an answer that has nothing to do with what was asked; nothing is done. */
export function instead(other: (exchange: Exchange) => Answer): Inflict {
  return (exchange) => {
    give(other(exchange), exchange.asked.method, exchange.socket)
  }
}

/** A body of the same length with one other byte. */
export function withOtherByte(good: Answer): Answer {
  const body = Buffer.from(good.body)
  const middle = Math.floor(body.length / 2)
  body[middle] = (body[middle] ?? 0) ^ 1
  return { ...good, body }
}

/** A body that came compressed although nobody asked for that. */
export function compressed(good: Answer): Answer {
  return { ...good, headers: { ...good.headers, 'content-encoding': 'gzip' }, body: gzipSync(good.body) }
}

const beat = 10

/** Sends headers that never end, a short one now and then. */
export const dripHeaders: Inflict = ({ socket }) => {
  socket.write('HTTP/1.1 200 OK\r\n')
  repeat(socket, () => socket.write('x: y\r\n'))
}

/** Sends a long body, a byte now and then. */
export const dripBody: Inflict = ({ socket, answer }) => {
  socket.write(headOf(answer(), 1_000_000))
  repeat(socket, () => socket.write(' '))
}

/** Begins a body and then says nothing. */
export const stall: Inflict = ({ socket, answer }) => {
  const good = answer()
  socket.write(headOf(good))
  socket.write(good.body.subarray(0, 1))
}

/** Sends a body without an end as fast as it is taken. */
export const withoutEnd: Inflict = ({ socket, answer }) => {
  socket.write(headOf({ ...answer(), headers: { 'transfer-encoding': 'chunked' } }, 'unsaid'))
  const more = (): void => {
    while (!socket.destroyed && socket.write(chunk(Buffer.alloc(64 * 1024, ' '))));
  }
  socket.on('drain', more)
  more()
}

/** Sends more headers than anybody reads. */
export const longHeader: Inflict = ({ socket, answer }) => {
  const good = answer()
  const headers = { ...good.headers, 'x-long': 'x'.repeat(100 * 1024) }
  socket.end(headOf({ ...good, headers }))
}

/** Says something that is not HTTP. */
export const noHttp: Inflict = ({ socket }) => {
  socket.end('220 mail.example.com ESMTP\r\n')
}

function chunk(bytes: Buffer): Buffer {
  return Buffer.concat([Buffer.from(`${bytes.length.toString(16)}\r\n`), bytes, Buffer.from('\r\n')])
}

function repeat(socket: Socket, work: () => void): void {
  const timer = setInterval(work, beat)
  socket.on('close', () => {
    clearInterval(timer)
  })
}
