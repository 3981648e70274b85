import type { Instance } from '../entra/entra.js';
import { Problem } from '../platform/problem.js';
import type { BeforeSetUp } from './before-set-up.js';
import type { SamlSettings } from './saml-settings.js';

type Said = string | null;

/**
 * Refuses to go on with a set-up over values that somebody else has changed since it was planned: those that are neither
 * what they were then nor what it writes. Pure. Throws a `Problem` of kind `refused`.
 */
export function refuseChangedSince(
  instance: Instance,
  { before, settings }: { before: BeforeSetUp['entra']; settings: SamlSettings },
): void {
  const { claims } = instance;
  const values: readonly (readonly [field: string, is: Said, was: Said, wanted: Said])[] = [
    ['Single sign-on method', instance.singleSignOnMode ?? null, before?.singleSignOnMode ?? null, 'saml'],
    ['Sign-on URL', instance.signOnUrl ?? null, before?.signOnUrl ?? null, settings.signOnUrl],
    ['Claim Email', claims?.emailFrom ?? null, before?.emailFrom ?? null, settings.emailFrom],
    [
      'Claim OrganizationName',
      claims?.organizationName ?? null,
      before?.organizationName ?? null,
      settings.organizationName,
    ],
  ];
  const changed = values.filter(([, is, was, wanted]) => is !== was && is !== wanted);
  if (changed.length === 0) return;
  throw new Problem({
    kind: 'refused',
    what: 'Somebody has changed the application in Entra since this set-up was planned, so it does not go on.',
    why: `${changed.map(([field, is, was]) => `${field}: is ${is ?? 'empty'}, was ${was ?? 'empty'}`).join('; ')}.`,
    remedy: 'Say “set up sso” again: the new plan starts from what is there now.',
    code: 'changed-since-plan',
  });
}
