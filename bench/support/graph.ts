import { BOT, TENANT_ID } from '../../sandbox/credentials.js';

const AT_ONCE = 8;

/** Graph of a sandbox, asked as the bot's own application is. */
export class SandboxGraph {
  readonly #entra: string;
  #token = '';

  constructor(entra: string) {
    this.#entra = entra;
  }

  /** New people, called `<prefix>.0` and so on. @returns their user principal names. */
  async makePeople(count: number, prefix: string): Promise<string[]> {
    const names = Array.from({ length: count }, (_, at) => `${prefix}.${String(at)}`);
    const queue = names.values();
    const worker = async (): Promise<void> => {
      for (const nickname of queue) {
        await this.ask('POST', '/v1.0/users', {
          ...{ accountEnabled: true, displayName: nickname, mailNickname: nickname },
          userPrincipalName: `${nickname}@contoso.example`,
          passwordProfile: { password: 'Only-For-This-Bench-2026!' },
        });
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, worker));
    return names.map((nickname) => `${nickname}@contoso.example`);
  }

  async ask(method: string, path: string, body?: object): Promise<unknown> {
    if (this.#token === '') this.#token = await this.#signIn();
    const headers = { Authorization: `Bearer ${this.#token}`, 'Content-Type': 'application/json' };
    const sent = body ? { body: JSON.stringify(body) } : {};
    const response = await fetch(`${this.#entra}${path}`, { method, headers, ...sent });
    if (!response.ok) throw new Error(`${method} ${path}: ${String(response.status)} ${await response.text()}`);
    return response.json();
  }

  async #signIn(): Promise<string> {
    const form = { grant_type: 'client_credentials', client_id: BOT.clientId, client_secret: BOT.clientSecret };
    const scope = 'https://graph.microsoft.com/.default';
    const url = `${this.#entra}/${TENANT_ID}/oauth2/v2.0/token`;
    const response = await fetch(url, { method: 'POST', body: new URLSearchParams({ ...form, scope }) });
    return ((await response.json()) as { access_token: string }).access_token;
  }
}
