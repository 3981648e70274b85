import { deflateRawSync } from 'node:zlib';
import { DOMParser } from '@xmldom/xmldom';
import { SignedXml } from 'xml-crypto';
import { TENANT_ID } from '../../credentials.js';

/** A page as a person's browser got it. */
export interface SeenPage {
  readonly status: number;
  readonly text: string;
  readonly headers: Headers;
  /** Where the form posts to; empty when there is none. */
  readonly action: string;
  /** Hidden fields of the form. */
  readonly fields: Readonly<Record<string, string>>;
  /** The code in `$Config`, as programs read it. */
  readonly errorCode: number | undefined;
}

/** As much of a browser as signing in needs: cookies, links and forms. Redirects are not followed. */
export class Browser {
  #cookies = new Map<string, string>();

  async open(url: string): Promise<SeenPage> {
    return this.#go(url, {});
  }

  async post(url: string, fields: Readonly<Record<string, string>>): Promise<SeenPage> {
    return this.#go(url, { method: 'POST', body: new URLSearchParams(fields) });
  }

  /** Fills in the form of a page and sends it. */
  async send(page: SeenPage, fields: Readonly<Record<string, string>>): Promise<SeenPage> {
    return this.post(page.action, { ...page.fields, ...fields });
  }

  async #go(url: string, init: RequestInit): Promise<SeenPage> {
    const cookie = [...this.#cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const response = await fetch(url, { ...init, redirect: 'manual', headers: cookie === '' ? {} : { cookie } });
    for (const line of response.headers.getSetCookie()) {
      const [name = '', value = ''] = (line.split(';')[0] ?? '').split('=');
      if (/Max-Age=0/.test(line)) this.#cookies.delete(name);
      else this.#cookies.set(name, value);
    }
    return read(await response.text(), response);
  }
}

function read(text: string, response: Response): SeenPage {
  const code = /"iErrorCode":(\d+)/.exec(text)?.[1];
  return {
    status: response.status,
    text,
    headers: response.headers,
    action: unescape(/<form[^>]*action="([^"]*)"/.exec(text)?.[1] ?? ''),
    fields: Object.fromEntries(
      [...text.matchAll(/<input\s+type="hidden"\s+name="([^"]*)"\s+value="([^"]*)"/g)].map(
        ([, name = '', value = '']) => [name, unescape(value)],
      ),
    ),
    errorCode: code === undefined ? undefined : Number(code),
  };
}

function unescape(text: string): string {
  return text
    .replaceAll('&quot;', '"')
    .replaceAll('&#39;', "'")
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&amp;', '&');
}

/** A SAML response that a page carries, its signature checked with that certificate (base64 DER). */
export interface SeenResponse {
  readonly xml: string;
  readonly signatureIsValid: boolean;
  /** Base64 DER of the certificate in KeyInfo. */
  readonly certificate: string;
  readonly attributes: readonly (readonly [string, string])[];
  text(element: string): string | undefined;
  attribute(element: string, name: string): string | undefined;
}

export function readResponse(page: SeenPage, trustedCertificate: string): SeenResponse {
  const xml = Buffer.from(page.fields['SAMLResponse'] ?? '', 'base64').toString('utf8');
  const document = new DOMParser().parseFromString(xml, 'text/xml');
  const all = (name: string): Element[] => [...document.getElementsByTagNameNS('*', name)] as unknown as Element[];
  return {
    xml,
    signatureIsValid: isSigned(xml, trustedCertificate),
    certificate: all('X509Certificate')[0]?.textContent?.replace(/\s/g, '') ?? '',
    attributes: all('Attribute').map((node) => [node.getAttribute('Name') ?? '', node.textContent ?? '']),
    text: (element) => all(element)[0]?.textContent ?? undefined,
    attribute: (element, name) =>
      all(element)[0]?.hasAttribute(name) ? (all(element)[0]?.getAttribute(name) ?? undefined) : undefined,
  };
}

interface Element {
  readonly textContent: string | null;
  getAttribute(name: string): string | null;
  hasAttribute(name: string): boolean;
}

function isSigned(xml: string, trustedCertificate: string): boolean {
  const signature = /<Signature .*<\/Signature>/s.exec(xml)?.[0];
  if (signature === undefined) return false;
  const lines = trustedCertificate.match(/.{1,64}/g) ?? [];
  const publicCert = `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`;
  const verifier = new SignedXml({ publicCert, getCertFromKeyInfo: () => null });
  verifier.loadSignature(signature);
  try {
    return verifier.checkSignature(xml) && (verifier.getSignedReferences()[0] ?? '').startsWith('<Assertion');
  } catch {
    return false;
  }
}

/** An AuthnRequest as a service provider writes it. */
export function authnRequest(
  issuer: string,
  { id = '_a1', attributes = '', content = '' }: { id?: string; attributes?: string; content?: string } = {},
): string {
  return (
    `<samlp:AuthnRequest xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol" ID="${id}" Version="2.0"` +
    ` IssueInstant="${new Date().toISOString()}" ${attributes}>` +
    `<Issuer xmlns="urn:oasis:names:tc:SAML:2.0:assertion">${issuer}</Issuer>${content}</samlp:AuthnRequest>`
  );
}

/** The redirect-binding URL of a request. */
export function redirectUrl(base: string, xml: string, { tenant = TENANT_ID, relayState = '' } = {}): string {
  const query = new URLSearchParams({ SAMLRequest: deflateRawSync(xml).toString('base64') });
  if (relayState !== '') query.set('RelayState', relayState);
  return `${base}/login.microsoftonline.com/${tenant}/saml2?${query.toString()}`;
}
