import { Problem } from '../platform/problem.js';
import type { PersonVerdict } from './link-rules.js';

/** Why an account is not linked, each as a `Problem` that says what to do instead. */

const AGAIN = 'Go back to Slack, say “link” to Latchkey, and use the new link.';

/** A link that is used, too old or wrong; they look the same. */
export function linkUsed(): Problem {
  return new Problem({
    kind: 'stale',
    what: 'This link does not lead on any more.',
    why: 'It was used already, its ten minutes are over, or part of it is missing.',
    remedy: AGAIN,
    code: 'link-used',
  });
}

/** The answer of Microsoft came with another browser than the one that was sent there, or without its cookie. */
export function otherBrowser(): Problem {
  return new Problem({
    kind: 'refused',
    what: 'This is not the browser in which the sign-in was begun.',
    why: 'A sign-in counts only in the browser that has opened the link, so that nobody can slip theirs to somebody else.',
    remedy: `${AGAIN} Let the browser keep cookies of this page.`,
    code: 'other-browser',
  });
}

const UNFIT: Readonly<Record<Exclude<PersonVerdict, 'fit'>, { why: string; remedy: string }>> = {
  'not-in-tenant': {
    why: 'You have signed in with an account that is not in the directory of this organisation.',
    remedy: `${AGAIN} Sign in with your account of this organisation.`,
  },
  guest: {
    why: 'You have signed in as a guest of this organisation, and guests cannot use Latchkey.',
    remedy: `Ask a member of this organisation to do it. If you have an account of your own here: ${AGAIN}`,
  },
  disabled: {
    why: 'The account is disabled in Entra.',
    remedy: 'Ask a user administrator to enable it, then begin again in Slack.',
  },
};

export function unfit(verdict: Exclude<PersonVerdict, 'fit'>): Problem {
  return new Problem({
    kind: 'refused',
    what: 'This account cannot be linked.',
    ...UNFIT[verdict],
    code: `link-${verdict}`,
  });
}

/** @param of whom the reader is to be told about: the page is read by whoever has signed in, the chat by the account. */
export function barred(of: 'account' | 'person'): Problem {
  return new Problem({
    kind: 'refused',
    what: of === 'account' ? 'This Slack account cannot be linked.' : 'Your account cannot be linked to Slack.',
    why: 'Somebody pressed “That was not me” when it was linked before.',
    remedy: 'Ask an administrator to look into it, and to say “allow linking” to Latchkey when all is well.',
    code: 'link-barred',
  });
}

/** The operator has given no client to sign people in with. @param nothing what cannot be done, in words that follow "so". */
export function notConfigured(nothing: string): Problem {
  return new Problem({
    kind: 'internal',
    what: `Latchkey cannot sign people in, so ${nothing}.`,
    why: 'The sign-in of people needs an app registration with a client secret or a certificate, and none is set.',
    remedy: 'The operator sets LINK_CLIENT_ID with LINK_CLIENT_SECRET or LINK_CLIENT_CERTIFICATE_PATH.',
    code: 'link-not-configured',
  });
}

/** The button of somebody else's link, or of one that is forgotten. */
export function notYourLink(): Problem {
  return new Problem({
    kind: 'refused',
    what: 'This is not a link of yours.',
    why: 'Only the person to whom an account was linked can act on it.',
    remedy: 'Say “my linked accounts” to see yours.',
    code: 'not-your-link',
  });
}

/** By this very click, which has come to be worked on again; since then others may have barred them anew. */
export function allowedBefore(): Problem {
  return new Problem({
    kind: 'stale',
    what: 'This click has allowed it before, and changes nothing now.',
    remedy: 'Say “allow linking” to see who is barred now.',
    code: 'allowed-before',
  });
}
