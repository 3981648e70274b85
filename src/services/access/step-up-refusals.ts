import { Problem } from '../platform/problem.js';
import type { SignInVerdict } from './step-up.js';

/**
 * Why an approval that has to be proven was not, each with what to do instead. They are read by whoever sits at the browser,
 * who may be anybody that was sent the link: none tells what the request is about.
 */

const AGAIN = 'Go back to the chat, press the button on the card of the request again, and use the new link.';

/** A link, or a page, that is used, too old or wrong; they look the same. */
export function approvalLinkUsed(): Problem {
  return new Problem({
    kind: 'stale',
    what: 'This link does not lead on any more, and nothing was approved by it now.',
    why: 'It was used already, its time is over, or part of it is missing.',
    remedy:
      'Look at the card of the request in the chat. If it still waits for you, press its button again, and use the new link.',
    code: 'approval-link-used',
  });
}

/** The answer of Microsoft, or the press, came with another browser than the one that was sent there, or without its cookie. */
export function approvalOtherBrowser(): Problem {
  return new Problem({
    kind: 'refused',
    what: 'This is not the browser in which the sign-in was begun.',
    why: 'A sign-in counts only in the browser that has opened the link, so that nobody can slip theirs to somebody else.',
    remedy: `${AGAIN} Let the browser keep cookies of this page.`,
    code: 'approval-other-browser',
  });
}

type Unproven = Extract<SignInVerdict, string>;

const UNPROVEN: Readonly<Record<Unproven, { why: string; remedy: string; code: string }>> = {
  'somebody-else': {
    why: 'You have signed in as somebody else than the person for whom this link was made.',
    remedy:
      'If it was sent to you, close this page and tell whoever sent it, and your administrators. If you clicked in the chat yourself, press the button there again, and sign in as yourself.',
    code: 'approval-other-person',
  },
  'no-time': {
    why: 'Entra does not say when you have signed in, and only a sign-in of now counts.',
    remedy:
      'The operator adds the optional claim auth_time (ID token) to the app registration that people sign in to. Then press the button on the card again.',
    code: 'sign-in-without-time',
  },
  'not-fresh': {
    why: 'Entra says that you have signed in before you pressed the button, and only a sign-in of now counts.',
    remedy: `${AGAIN} Type your password there. If it stays so, the operator sets the clock of this machine right.`,
    code: 'sign-in-not-fresh',
  },
  'no-context': {
    why: 'The sign-in has not met the authentication context that the access policy asks for.',
    remedy:
      'The operator sees that a Conditional Access policy in Entra protects that authentication context, and that the access policy names the right one. Then press the button on the card again.',
    code: 'sign-in-without-context',
  },
};

/** Somebody has signed in, and that does not prove the approval. */
export function unproven(verdict: Unproven): Problem {
  return new Problem({ kind: 'refused', what: 'This sign-in approves nothing.', ...UNPROVEN[verdict] });
}
