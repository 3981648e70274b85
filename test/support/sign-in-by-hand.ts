import { SEED_PASSWORD } from '../../sandbox/credentials.js';

const MOST_PAGES = 10;

/**
 * A browser without scripts: follows redirects, fills the sign-in form, posts what wants to be posted.
 * @param reach where an address that nobody serves is answered.
 */
export async function signInByHand(
  link: string,
  who = { userName: 'b.simon@contoso.example', password: SEED_PASSWORD },
  reach: (url: string) => string = (url) => url,
): Promise<string> {
  const jar = new Map<string, string>();
  let step: { url: string; body?: URLSearchParams } = { url: link };
  for (let count = 0; count < MOST_PAGES; count += 1) {
    const response = await fetch(reach(step.url), {
      redirect: 'manual',
      headers: { Cookie: [...jar].map(([name, value]) => `${name}=${value}`).join('; ') },
      ...(step.body ? { method: 'POST', body: step.body } : {}),
    });
    for (const cookie of response.headers.getSetCookie()) {
      const [name = '', value = ''] = (cookie.split(';')[0] ?? '').split('=');
      jar.set(name, value);
    }
    const location = response.headers.get('location');
    const page = await response.text();
    const next = location === null ? formOn(page, step.url, who) : { url: new URL(location, step.url).href };
    if (!next) return page.replace(/<style[\s\S]*?<\/style>|<[^>]+>/g, ' ').replace(/\s+/g, ' ');
    step = next;
  }
  throw new Error(`The sign-in never ended; it is at ${step.url}.`);
}

function formOn(
  page: string,
  at: string,
  who: { userName: string; password: string },
): { url: string; body: URLSearchParams } | undefined {
  const form = /<form[^>]*\bmethod="post"[^>]*>([\s\S]*?)<\/form>/i.exec(page);
  if (!form) return undefined;
  const action = decode(/\baction="([^"]*)"/.exec(form[0])?.[1] ?? at);
  const body = new URLSearchParams();
  for (const [input] of (form[1] ?? '').matchAll(/<input\b[^>]*>/g)) {
    const name = /\bname="([^"]*)"/.exec(input)?.[1];
    const value = decode(/\bvalue="([^"]*)"/.exec(input)?.[1] ?? '');
    if (name) body.set(name, name === 'login' ? who.userName : name === 'passwd' ? who.password : value);
  }
  return { url: new URL(action, at).href, body };
}

function decode(text: string): string {
  return text
    .replace(/&#x([0-9a-f]+);/gi, (_, code: string) => String.fromCodePoint(parseInt(code, 16)))
    .replace(/&#(\d+);/g, (_, code: string) => String.fromCodePoint(Number(code)))
    .replace(/&quot;/g, '"')
    .replace(/&lt;/g, '<')
    .replace(/&gt;/g, '>')
    .replace(/&amp;/g, '&');
}
