import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { SLACK } from '../../sandbox/credentials.js';
import { ada } from './slack-stand.js';

/** A Slack that speaks through sockets, as little as the door needs of it. */
export class SocketSlack {
  /** `good`; `silent`: the socket is never greeted; else the error that `apps.connections.open` answers. */
  next: string = 'good';
  readonly calls: string[] = [];
  /** What came back through sockets, oldest first. */
  readonly acknowledged: Record<string, unknown>[] = [];
  #sockets: Duplex[] = [];
  readonly #server = createServer((request, response) => this.#answer(request, response)).on(
    'upgrade',
    (request, socket) => this.#upgrade(request, socket),
  );

  async listen(): Promise<string> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${this.#port}/api`;
  }

  get #port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  get isConnected(): boolean {
    return this.#sockets.length > 0;
  }

  /** One thing that somebody did, in its envelope. */
  deliver(type: string, payload: object): void {
    this.#send({ type, envelope_id: `envelope-${type}`, payload, accepts_response_payload: true });
  }

  /** As Slack does every few hours, and when a token is revoked. */
  endSockets(): void {
    this.#send({ type: 'disconnect', reason: 'refresh_requested' });
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #answer(request: IncomingMessage, response: ServerResponse): void {
    const method = (request.url ?? '').slice('/api/'.length);
    this.calls.push(method);
    request.resume();
    response.setHeader('Content-Type', 'application/json');
    response.end(JSON.stringify(this.#answerOf(method)));
  }

  #answerOf(method: string): object {
    if (method === 'apps.connections.open') {
      const isOpen = this.next === 'good' || this.next === 'silent';
      return isOpen ? { ok: true, url: `ws://127.0.0.1:${this.#port}/link` } : { ok: false, error: this.next };
    }
    const user = { team_id: SLACK.teamId, real_name: ada.name };
    return {
      ...{ ok: true, team_id: SLACK.teamId, user_id: SLACK.botUserId, ts: '1.1', user },
      channel: { id: `D${ada.userId.slice(1)}` },
    };
  }

  /** RFC 6455 §4.2.2. */
  #upgrade(request: IncomingMessage, socket: Duplex): void {
    const key = `${request.headers['sec-websocket-key'] ?? ''}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`;
    const accept = createHash('sha1').update(key).digest('base64');
    socket.write(
      `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`,
    );
    this.#sockets.push(socket);
    socket.on('close', () => (this.#sockets = this.#sockets.filter((one) => one !== socket)));
    socket.on('error', () => undefined);
    socket.on('data', (frame: Buffer) => this.#take(frame, socket));
    if (this.next === 'good') this.#send({ type: 'hello' });
  }

  /** A frame of a client is masked (§5.3); those here come one by one and are short. */
  #take(frame: Buffer, socket: Duplex): void {
    const kind = frame.readUInt8(0) & 0x0f;
    const short = frame.readUInt8(1) & 0x7f;
    const from = short === 126 ? 4 : 2;
    const mask = frame.subarray(from, from + 4);
    const text = frame.subarray(from + 4).map((byte, at) => byte ^ (mask[at % 4] ?? 0));
    if (kind === CLOSE) return void socket.end(Buffer.from([0x80 | CLOSE, 0]));
    if (kind === TEXT) this.acknowledged.push(JSON.parse(Buffer.from(text).toString()) as Record<string, unknown>);
  }

  #send(message: object): void {
    const text = Buffer.from(JSON.stringify(message));
    const head = text.length < 126 ? [text.length] : [126, text.length >> 8, text.length & 0xff];
    for (const socket of this.#sockets) socket.write(Buffer.concat([Buffer.from([0x80 | TEXT, ...head]), text]));
  }
}

const TEXT = 1;
const CLOSE = 8;
