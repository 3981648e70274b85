import { addressWarning, hasTwoAddresses } from './address-warning.js';

const MIA = { userPrincipalName: 'mia@contoso.example', mail: 'mia@mail.contoso.example' };
const ANA = { userPrincipalName: 'ana@contoso.example', mail: 'Ana@Contoso.example' };

test('who has one address, in whatever case, or no mailbox, is not warned about', () => {
  expect(addressWarning(ANA, { emailFrom: 'mail' })).toBeUndefined();
  expect(addressWarning({ userPrincipalName: 'ana@contoso.example' }, undefined)).toBeUndefined();
  expect([hasTwoAddresses(ANA), hasTwoAddresses(MIA)]).toEqual([false, true]);
});

test.each([
  ['the user principal name', { emailFrom: 'userprincipalname' }],
  ['nothing that is configured', undefined],
  ['an attribute that is neither', { emailFrom: 'extensionattribute1' }],
])('where the sign-in sends %s, the mail address is what Genesys must not know her by', (_, claims) => {
  expect(addressWarning(MIA, claims)).toEqual({
    sends: MIA.userPrincipalName,
    sendsFrom: 'userprincipalname',
    other: MIA.mail,
  });
});

test('where the sign-in sends the mail address, it is the other way round', () => {
  expect(addressWarning(MIA, { emailFrom: 'mail' })).toMatchObject({ sends: MIA.mail, other: MIA.userPrincipalName });
});
