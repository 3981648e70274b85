import type { Addressee, Channel } from '../channel.js';
import type { View } from '../views/view.js';
import { deliverPasswordLink } from './deliver-password.js';

const LINK = {
  url: 'https://latchkey.contoso.example/secret/x',
  userPrincipalName: 't@contoso.example',
  until: new Date(0),
};
const ADA = { personId: 'ada', name: 'Ada', channel: 'teams' };

/** A chat that notes to whom something was shown alone. */
function chat(name: Channel['name'], told: string[]): Channel {
  const place = { channel: name, conversation: 'a:1', kind: 'personal' } as const;
  return {
    ...{ name, asks: 'in-chat', post: async () => 'm1', replace: async () => undefined, typing: async () => undefined },
    whisper: async ({ name: who }: Addressee, { title }: View) => {
      told.push(`${title} to ${who} in ${name}`);
      return { place, messageId: 'm1' };
    },
  };
}

test('the link to a password goes where it was asked for', async () => {
  const told: string[] = [];

  await deliverPasswordLink([chat('slack', told), chat('teams', told)], ADA, LINK);

  expect(told).toEqual(['First password to Ada in teams']);
});

test('where that chat was switched off meanwhile, it goes to the same person in the other one', async () => {
  const told: string[] = [];

  await deliverPasswordLink([chat('slack', told)], ADA, LINK);

  expect(told).toEqual(['First password to Ada in slack']);
});
