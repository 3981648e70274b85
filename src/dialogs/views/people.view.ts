import { isSameName, type EntraPerson, type TestLinks } from '../../services/index.js';
import type { Action, Element } from './view.js';

/** Buttons for what usually comes next for a person; the first one is the primary one. */
export function nextFor(
  person: { id: string; name: string },
  verbs: readonly ('assign' | 'provision')[],
  { isPrimary } = { isPrimary: true },
): Action[] {
  const name = buttonName(person.name);
  const labels = { assign: `Assign ${name}`, provision: `Provision ${name}` };
  return verbs.map((verb, at) => ({
    ...{ kind: 'verb', label: labels[verb], verb: `propose-${verb}`, reference: person.id, revision: 0 },
    ...(isPrimary && at === 0 ? { style: 'primary' as const } : {}),
  }));
}

const LONGEST_BUTTON_NAME = 30;

/** A name short enough for a button; the card says it in full. Cut between words where that leaves enough of it. */
export function buttonName(name: string): string {
  if (name.length <= LONGEST_BUTTON_NAME) return name;
  const start = Array.from(name).slice(0, LONGEST_BUTTON_NAME).join('');
  const lastSpace = start.lastIndexOf(' ');
  return `${start.slice(0, lastSpace > LONGEST_BUTTON_NAME / 2 ? lastSpace : undefined)}…`;
}

/** What asks for more before anything happens ends in a dot-dot-dot, and in one alone where a name was cut before it. */
export function asksMore(label: string): string {
  return label.endsWith('…') ? label : `${label} …`;
}

/** @param style `primary` where trying the sign-in is what comes next. */
export function testLinkActions(links: TestLinks, mode: string, style?: 'primary'): Action[] {
  const link = (label: string, url: string): Action => ({ kind: 'link', label, url, ...(style ? { style } : {}) });
  const sp = link('Test from Genesys (SP-initiated)', links.sp);
  // With a Sign-on URL the tile starts at Genesys as well: no link may promise an IdP-initiated sign-in then.
  return mode === 'signs-straight-in' ? [sp, link('Test from Microsoft (IdP-initiated)', links.idp)] : [sp];
}

/** The name stands in the title. */
export function personFacts(person: EntraPerson): { label: string; value: string }[] {
  return [
    { label: 'User principal name', value: person.userPrincipalName },
    ...(person.jobTitle ? [{ label: 'Job title', value: person.jobTitle }] : []),
  ];
}

/** An address may have been another person's before: that the user in Genesys has another name than the person. */
export function otherNameWarning(person: { name: string }, user: { name: string } | undefined): Element[] {
  if (!user || user.name === '' || isSameName(person.name, user.name)) return [];
  const text = `The Genesys user with this address is named ${user.name} there: make sure it is the same person.`;
  return [{ kind: 'notice', tone: 'warning', text }];
}

/** What an admin should know of the account first. */
export function personWarnings(person: EntraPerson): Element[] {
  const texts = [
    person.isGuest ? `${person.name} is a guest of this tenant, with an account of another organisation.` : '',
    person.isEnabled
      ? ''
      : `${person.name} is disabled in Entra and cannot sign in until a user administrator enables the account.`,
  ].filter(Boolean);
  return texts.map((text) => ({ kind: 'notice', tone: 'warning', text }));
}
