import { refusal, type Verdict } from '../operations/permissions.js';
import { Problem } from '../platform/problem.js';
import { zonedText } from '../platform/zoned-text.js';
import type { AccessRequest } from './access-request.js';
import type { PolicyFinding } from './read-policy.js';
import { timeSpanText } from './time-span.js';

/** Why access cannot be asked for, decided or taken back, each with what to do instead. */

/** There is no policy file. @param file where it was looked for. */
export function noPolicy(file: string): Problem {
  return new Problem({
    kind: 'refused',
    what: 'Nobody can ask for access here yet.',
    why: `Who may ask for what stands in an access policy, and there is none at ${file}.`,
    remedy:
      'The operator writes policy.yaml, or sets LATCHKEY_POLICY to where it is, and checks it with “npx latchkey policy lint”.',
    code: 'no-policy',
  });
}

/** The file has errors, and there are no older rules to go on with. */
export function policyUnusable(file: string, findings: readonly PolicyFinding[]): Problem {
  const [first] = findings;
  const place = first?.line === undefined ? file : `${file}, line ${String(first.line)}`;
  return new Problem({
    kind: 'refused',
    what: 'Nobody can ask for access now, as the access policy cannot be used.',
    ...(first ? { why: `In ${place}: ${first.what}` } : {}),
    remedy:
      'The operator corrects the file, and checks it with “npx latchkey policy lint”. Latchkey reads it again by itself.',
    code: 'policy-unusable',
  });
}

/** Approvals that need a sign-in, where nobody can sign in: they must not come to need none. @param roleNames which. */
export function stepUpWithoutClient(file: string, roleNames: readonly string[]): Problem {
  const one = roleNames.length === 1;
  return new Problem({
    kind: 'refused',
    what: `The access policy cannot be used: the ${one ? 'role' : 'roles'} ${roleNames.join(', ')} ${one ? 'needs' : 'need'} step-up sign-in, and no sign-in client is set.`,
    why: `With stepUp, as in ${file}, approvers sign in to an app registration, which needs a client secret or a certificate.`,
    remedy:
      'The operator sets LINK_CLIENT_ID with LINK_CLIENT_SECRET or LINK_CLIENT_CERTIFICATE_PATH and starts Latchkey again, or takes stepUp out of the file.',
    code: 'step-up-without-client',
  });
}

export function noSuchRole(): Problem {
  return new Problem({
    kind: 'input',
    what: 'This role cannot be asked for.',
    why: 'The access policy does not offer it, or does not offer it any more.',
    remedy: 'Say “request” to see what can be asked for.',
    code: 'no-such-role',
  });
}

/** @param most how long it may be. */
export function tooLong(roleName: string, most: number): Problem {
  return new Problem({
    kind: 'input',
    what: `${roleName} cannot be given for that long.`,
    why: `The access policy allows at most ${timeSpanText({ minutes: most })} at a time, and at least a minute.`,
    remedy: 'Choose a shorter time. Whoever has the access can ask for more of it before it ends.',
    code: 'too-long',
  });
}

/** None, or one that nobody would read to its end. */
export function noReason(): Problem {
  return new Problem({
    kind: 'input',
    what: 'A reason is needed, in a sentence or two.',
    why: 'Whoever decides reads it, and it is kept in the audit.',
    remedy: 'Write what it is for.',
    code: 'no-reason',
  });
}

/** @param asked how many minutes were asked for. */
export function notLess(asked: number): Problem {
  return new Problem({
    kind: 'input',
    what: 'That is not less than what was asked for.',
    why: `It was asked for ${timeSpanText({ minutes: asked })}.`,
    remedy: 'Choose a shorter time of at least a minute, or approve it as it was asked for.',
    code: 'not-less',
  });
}

/** Access that Latchkey has given, or is about to give. @param until with hour and zone. */
export function hasLease(personName: string, roleName: string, until: string): Problem {
  return new Problem({
    kind: 'refused',
    what: `${personName} has ${roleName} already, until ${until}.`,
    why: 'Nobody needs to decide about what somebody has.',
    remedy: 'To keep it for longer, say “my access”, open it, and ask for more time.',
    code: 'has-lease',
  });
}

/** Everything that the role gives is there already. @param through where it comes from, in words that follow "through". */
export function hasAlready(personName: string, roleName: string, through: readonly string[]): Problem {
  return new Problem({
    kind: 'refused',
    what: `${personName} has what ${roleName} gives already.`,
    why: `It comes through ${through.join(' and ')}.`,
    remedy: 'Try to sign in. If that fails, ask an administrator, who can look with “status”.',
    code: 'has-already',
  });
}

/** Somebody else has asked for the same. */
export function askedAlready({ asker, person, askedAt, rules }: AccessRequest): Problem {
  return new Problem({
    kind: 'refused',
    what: `${asker.name} has asked for ${rules.role.name} for ${person.name} already, on ${zonedText(askedAt, rules.timeZone)}.`,
    why: 'That request still waits, and one at a time is enough.',
    remedy: `Wait for it, or ask ${asker.name} to cancel it.`,
    code: 'asked-already',
  });
}

/** @param faults why nobody is left, in sentences. */
export function nobodyDecides(roleName: string, faults: readonly string[]): Problem {
  return new Problem({
    kind: 'refused',
    what: `You cannot ask for ${roleName} now: there is nobody who could decide and whom Latchkey could ask.`,
    ...(faults.length > 0 ? { why: faults.join(' ') } : {}),
    remedy:
      'Ask one of them to say “hello” to Latchkey in Teams, or to link their account in Slack, or whoever keeps the access policy to name others; then ask again.',
    code: 'nobody-decides',
  });
}

export function breakGlassUnreviewed(roleName: string): Problem {
  return new Problem({
    kind: 'refused',
    what: `You cannot take ${roleName} by break-glass again yet.`,
    why: 'No approver has said yet whether the last time was right.',
    remedy: 'Ask an approver to review it on their card of it, or ask for the access in the usual way.',
    code: 'break-glass-unreviewed',
  });
}

/** @param until with hour and zone. */
export function breakGlassTooSoon(roleName: string, until: string): Problem {
  return new Problem({
    kind: 'refused',
    what: `You cannot take ${roleName} by break-glass before ${until}.`,
    why: 'The last time was found not right, or nobody reviewed it in its time.',
    remedy: 'Ask for it in the usual way; say in the reason that it is urgent.',
    code: 'break-glass-too-soon',
  });
}

export function notFit(personName: string): Problem {
  return new Problem({
    kind: 'input',
    what: `Nobody can ask for access for ${personName}.`,
    why: 'They are a guest of this organisation, or their account is disabled in Entra.',
    remedy: 'Choose a member of this organisation whose account is enabled.',
    code: 'person-not-fit',
  });
}

export function notExtendable(): Problem {
  return new Problem({
    kind: 'stale',
    what: 'This access cannot be extended.',
    why: 'It has ended, does not work yet, or goes on already after its end.',
    remedy: 'Say “my access” to see what there is, or “request” to ask anew.',
    code: 'not-extendable',
  });
}

/** The policy, or what it names, gives something else now than the lease that is to go on. */
export function giftChanged(roleName: string): Problem {
  return new Problem({
    kind: 'refused',
    what: `What ${roleName} gives has changed since this access was given, so it cannot simply go on.`,
    why: 'An extension gives the same for longer, and nothing else.',
    remedy: 'Ask for it afresh with “request” when this access has ended, or give it back first with “my access”.',
    code: 'gift-changed',
  });
}

/** Nobody who has a card of it, or nothing of that id. They look the same. */
export function requestGone(): Problem {
  return new Problem({
    kind: 'refused',
    what: 'There is no such request that you could act on.',
    why: 'It concerns other people, or the button is of an older release.',
    remedy: 'Say “my work” to see what waits for you.',
    code: 'no-such-request',
  });
}

/** A deed that the request as it stands does not allow. @param wanted in words that follow "You cannot". */
export function tooLate(wanted: string): Problem {
  return new Problem({
    kind: 'stale',
    what: `It is too late to ${wanted}.`,
    why: 'It has moved on since the card was drawn.',
    remedy: 'The card is being brought up to date; look at what it says now.',
    code: 'request-moved-on',
  });
}

/** So many have changed it at once that this click found no moment of its own. */
export function tooBusy(): Problem {
  return new Problem({
    kind: 'stale',
    what: 'Others have changed this request at the same moment, again and again.',
    why: 'Nothing was changed by this click.',
    remedy: 'Look at what the card says now, and press again.',
    code: 'request-busy',
  });
}

export function mayNotAsk(roleName: string): Verdict {
  return refusal(
    'may-not-ask',
    `The access policy does not let you ask for ${roleName}.`,
    'Ask whoever keeps the access policy, or somebody who may ask to do it for you.',
  );
}

/** At once, and without anybody's decision. */
export function noBreakGlass(): Verdict {
  return refusal(
    'no-break-glass',
    'The access policy allows that to nobody, or not to you, and to nobody for somebody else.',
    'Ask for it in the usual way; say in the reason that it is urgent.',
  );
}

/** Nobody decides for themselves, neither about what they asked for nor about what is for them. */
export function ownRequest(): Verdict {
  return refusal(
    'own-request',
    'Nobody decides about a request of their own, or about access for themselves.',
    'Wait until one of the approvers has decided.',
  );
}

export function noApproverOfIt(): Verdict {
  return refusal(
    'no-approver-of-it',
    'You are not, or not any more, one of the approvers who were asked.',
    'The approvers of the request decide. Whoever keeps the access policy can name others for the next one.',
  );
}

export function notYourRequest(): Verdict {
  return refusal('not-your-request', 'Only whoever asked, or whom it is for, can do that.', 'Ask one of them.');
}

export function notYourDecision(deciderName: string): Verdict {
  return refusal(
    'not-your-request',
    `Only ${deciderName}, who has decided, can take that back.`,
    `Ask ${deciderName}; once the access works, approvers and administrators can revoke it.`,
  );
}
