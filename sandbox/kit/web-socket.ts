import { createHash } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';

/** What every WebSocket server appends to the client's key (RFC 6455 §1.3). */
const GUID = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';
const OPCODES = { continued: 0x0, text: 0x1, close: 0x8, ping: 0x9, pong: 0xa } as const;
const FINAL = 0x80;
const MASKED = 0x80;
const MAX_BYTES = 1024 * 1024;

interface Frame {
  readonly opcode: number;
  readonly isFinal: boolean;
  readonly payload: Buffer;
}

/**
 * The server's end of a WebSocket (RFC 6455), as much of it as a text protocol needs: text in any number of frames, pings
 * answered, the close handshake. What breaks the protocol ends the socket.
 */
export class WebSocketEnd {
  readonly #socket: Duplex;
  readonly #onText: (text: string) => void;
  #read = Buffer.alloc(0);
  #parts: Buffer[] = [];

  /** Takes the request over. Answers 400 and throws nothing when it asks for no WebSocket. */
  static accept(
    request: IncomingMessage,
    socket: Duplex,
    on: { text: (text: string) => void; closed: () => void },
  ): WebSocketEnd | undefined {
    const key = request.headers['sec-websocket-key'];
    if (key === undefined || request.headers.upgrade?.toLowerCase() !== 'websocket') {
      socket.end('HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n');
      return undefined;
    }
    const accept = createHash('sha1').update(`${key}${GUID}`).digest('base64');
    const lines = ['HTTP/1.1 101 Switching Protocols', 'Upgrade: websocket', 'Connection: Upgrade'];
    socket.write(`${[...lines, `Sec-WebSocket-Accept: ${accept}`].join('\r\n')}\r\n\r\n`);
    return new WebSocketEnd(socket, on);
  }

  private constructor(socket: Duplex, { text, closed }: { text: (text: string) => void; closed: () => void }) {
    this.#socket = socket;
    this.#onText = text;
    socket.on('data', (bytes: Buffer) => this.#take(bytes));
    socket.on('close', closed);
    socket.on('error', () => socket.destroy());
  }

  send(text: string): void {
    this.#write(OPCODES.text, Buffer.from(text));
  }

  ping(text: string): void {
    this.#write(OPCODES.ping, Buffer.from(text));
  }

  /** Asks the client to close; it answers, and the connection ends. */
  close(code = 1_000): void {
    const payload = Buffer.alloc(2);
    payload.writeUInt16BE(code);
    this.#write(OPCODES.close, payload);
  }

  /** Ends it without a word. */
  destroy(): void {
    this.#socket.destroy();
  }

  #take(bytes: Buffer): void {
    this.#read = Buffer.concat([this.#read, bytes]);
    if (this.#read.length > MAX_BYTES) return this.destroy();
    for (let frame = this.#nextFrame(); frame !== undefined; frame = this.#nextFrame()) this.#obey(frame);
  }

  /** `undefined`: not all of it has come. A client masks what it sends (§5.1). */
  #nextFrame(): Frame | undefined {
    const { length: has } = this.#read;
    if (has < 2) return undefined;
    const [first, second] = [this.#read.readUInt8(0), this.#read.readUInt8(1)];
    if ((second & MASKED) === 0) return void this.destroy();
    const short = second & 0x7f;
    const lengthBytes = short === 126 ? 2 : short === 127 ? 8 : 0;
    const from = 2 + lengthBytes + 4;
    if (has < from) return undefined;
    const length =
      lengthBytes === 0 ? short : this.#read.readUIntBE(lengthBytes === 8 ? 4 : 2, lengthBytes === 8 ? 6 : 2);
    if (length > MAX_BYTES) return void this.destroy();
    if (has < from + length) return undefined;
    const mask = this.#read.subarray(from - 4, from);
    const payload = Buffer.from(this.#read.subarray(from, from + length));
    payload.forEach((byte, at) => (payload[at] = byte ^ (mask[at % 4] ?? 0)));
    this.#read = this.#read.subarray(from + length);
    return { opcode: first & 0x0f, isFinal: (first & FINAL) !== 0, payload };
  }

  #obey({ opcode, isFinal, payload }: Frame): void {
    switch (opcode) {
      case OPCODES.text:
      case OPCODES.continued:
        this.#parts.push(payload);
        if (!isFinal) return;
        this.#onText(Buffer.concat(this.#parts).toString('utf8'));
        this.#parts = [];
        return;
      case OPCODES.ping:
        return this.#write(OPCODES.pong, payload);
      case OPCODES.close:
        this.#write(OPCODES.close, payload);
        this.#socket.end();
        return;
      case OPCODES.pong:
        return;
      default:
        this.destroy();
    }
  }

  #write(opcode: number, payload: Buffer): void {
    if (this.#socket.writable) this.#socket.write(Buffer.concat([header(opcode, payload.length), payload]));
  }
}

/** A server masks nothing. */
function header(opcode: number, length: number): Buffer {
  const first = FINAL | opcode;
  if (length < 126) return Buffer.from([first, length]);
  if (length < 65_536) return Buffer.from([first, 126, length >> 8, length & 0xff]);
  const long = Buffer.alloc(10);
  long.writeUInt8(first, 0);
  long.writeUInt8(127, 1);
  long.writeUInt32BE(length, 6);
  return long;
}
