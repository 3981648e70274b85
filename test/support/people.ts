import { BOT, TENANT_ID } from '../../sandbox/credentials.js';
import type { World } from './world.js';

/** Somebody made behind Latchkey's back, as by another administrator. Returns the object id. */
export async function makesPerson(
  world: Pick<World, 'entra'>,
  names: { displayName: string; userPrincipalName: string },
  isEnabled = true,
): Promise<string> {
  const { url } = world.entra;
  const form = {
    ...{ client_id: BOT.clientId, client_secret: BOT.clientSecret, grant_type: 'client_credentials' },
    scope: 'https://graph.microsoft.com/.default',
  };
  const body = new URLSearchParams(form);
  const signedIn = await fetch(`${url}/${TENANT_ID}/oauth2/v2.0/token`, { method: 'POST', body });
  const { access_token: token } = (await signedIn.json()) as { access_token: string };
  const answer = await fetch(`${url}/v1.0/users`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', Authorization: `Bearer ${token}` },
    body: JSON.stringify({
      ...{ ...names, accountEnabled: isEnabled, mailNickname: names.userPrincipalName.split('@')[0] },
      passwordProfile: { password: 'Correct-Horse-42-Battery' },
    }),
  });
  if (answer.status !== 201) throw new Error(`Not made: ${await answer.text()}`);
  return ((await answer.json()) as { id: string }).id;
}
