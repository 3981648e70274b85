/** The `/_sandbox` routes of one sandbox server. */
export class SandboxControl {
  readonly url: string;

  constructor(url: string) {
    this.url = url;
  }

  async state<T = Record<string, unknown[]>>(): Promise<T> {
    return (await this.#json('state')) as T;
  }

  /** What the server was sent, the oldest first. */
  async requests(): Promise<readonly SentRequest[]> {
    return ((await this.#json('requests')) as { requests: SentRequest[] }).requests;
  }

  /** Switches a fault on or off; an unknown one throws. */
  async fault(fault: string, options: Record<string, string | boolean> = {}): Promise<void> {
    await this.#post('faults', { fault, on: true, ...options });
  }

  async advance(duration: string): Promise<void> {
    await this.#post('clock', { advance: duration });
  }

  async #json(path: string): Promise<unknown> {
    const response = await fetch(`${this.url}/_sandbox/${path}`);
    return response.json();
  }

  async #post(path: string, body: unknown): Promise<void> {
    const response = await fetch(`${this.url}/_sandbox/${path}`, { method: 'POST', body: JSON.stringify(body) });
    if (!response.ok) throw new Error(`${path}: ${await response.text()}`);
  }
}

export interface SentRequest {
  readonly time: string;
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: unknown;
  readonly status: number;
}
