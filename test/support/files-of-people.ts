import type { Consoles } from './consoles.js';

/** Somebody whom the sandbox did not know before. */
export interface MadePerson {
  readonly id: string;
  readonly userPrincipalName: string;
}

/** Makes so many people in Entra, by its public API. */
export async function makePeople(consoles: Consoles, count: number, prefix = 'bulk'): Promise<MadePerson[]> {
  const made: MadePerson[] = [];
  for (let at = 1; at <= count; at += 1) {
    const nickname = `${prefix}.${String(at)}`;
    const userPrincipalName = `${nickname}@contoso.example`;
    const { id } = (await consoles.graph('POST', '/v1.0/users', {
      ...{ accountEnabled: true, displayName: `${prefix} ${String(at)}`, mailNickname: nickname, userPrincipalName },
      ...{ mail: userPrincipalName, passwordProfile: { password: 'Only-For-This-Test-2026!' } },
    })) as { id: string };
    made.push({ id, userPrincipalName });
  }
  return made;
}

export interface AssignmentsState {
  readonly appRoleAssignments: { principalId: string; appRoleId: string }[];
}

/** What a browser does on the upload page. */
export async function uploads(url: string, name: string, content: string | Uint8Array<ArrayBuffer>): Promise<Response> {
  const form = new FormData();
  form.set('file', new File([content], name, { type: 'text/csv' }));
  return fetch(url, { method: 'POST', body: form });
}

/** The rows of the report behind that link. */
export async function reads(url: string): Promise<string[]> {
  const response = await fetch(url, { method: 'POST' });
  if (response.status !== 200) throw new Error(`The report answered ${String(response.status)}.`);
  return (await response.text()).trim().split('\r\n');
}
