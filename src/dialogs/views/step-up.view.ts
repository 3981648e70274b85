import type { StepUpCard, StepUpInvitation, VoteOutcome } from '../../services/index.js';
import { TAKE_BACK_S } from '../../services/index.js';
import { accessPhase, phaseLine } from './access-phase.js';
import { questionFacts } from './access-request.view.js';
import { askedText, minutesText } from './access-words.js';
import { buttonName } from './people.view.js';
import type { Fact, View } from './view.js';
import { timeText } from './when.js';

/** Approvals that need a fresh sign-in. The message stands in one chat alone; its link opens once. */
export function stepUpView({ url, until, code, request, minutes }: StepUpInvitation): View {
  const { asker, rules } = request;
  const less = minutes === undefined ? '' : ` for ${minutesText(minutes)}`;
  const title = `Sign in to approve ${askedText(request)}${less}`;
  return {
    title,
    tone: 'warning',
    elements: [
      {
        kind: 'text',
        text: `Nothing is approved yet. ${asker.name} asks for ${askedText(request)}, and an approval of ${rules.role.name} counts only once you have signed in at Microsoft for it.`,
      },
      {
        kind: 'list',
        items: [
          `Sign in as yourself, even if you are signed in there. The link is for you alone, and works once, until ${timeText(until)}.`,
          `The page shows the code ${code}. If it shows another one, close it.`,
          'After the sign-in it shows the request. Press Approve there.',
        ],
      },
      {
        kind: 'text',
        text: 'Pass the link on to nobody. If you did not press Approve yourself, do not sign in, and tell your administrators.',
        style: 'subtle',
      },
    ],
    actions: [{ kind: 'link', label: `Sign in to approve ${buttonName(request.person.name)}`, url, style: 'primary' }],
    fallback: `${title}. Nothing is approved before you have signed in at Microsoft and pressed Approve on the page.`,
  };
}

/** Beside the card, where it was clicked. */
export const SIGN_IN_FIRST =
  'Nothing is approved yet: sign in with the link in your messages with Latchkey, and press Approve on the page that follows.';

/** What the page says of the request: the five questions of an approver, and what the button would approve. */
export function stepUpFacts({ card, person, minutes, reason, now }: StepUpCard): readonly Fact[] {
  const { request } = card;
  const asked = minutesText(request.minutes);
  return [
    ...questionFacts(card, accessPhase(card, now), { readerId: person.id, now }),
    ...(minutes === undefined ? [] : [{ label: 'You approve', value: `${minutesText(minutes)}, asked for ${asked}` }]),
    ...(reason === '' ? [] : [{ label: 'Your note', value: reason }]),
  ];
}

/** How it stands, for whoever can approve it no more. */
export function stepUpPhase({ card, person, now }: StepUpCard): string {
  return phaseLine(accessPhase(card, now), card, person.id);
}

/** What came of a vote. `undefined`: nothing has changed by it. */
export function outcomeText(outcome: VoteOutcome): string | undefined {
  switch (outcome.kind) {
    case 'counted':
      return `Counted: ${String(outcome.agreed)} of ${String(outcome.needed)} have agreed.`;
    case 'approved':
      return `Approved. It starts in ${String(TAKE_BACK_S)} seconds; until then you can take it back.`;
    case 'denied':
      return 'Denied.';
    case 'again':
      return `You have ${outcome.vote.vote === 'approve' ? 'approved' : 'denied'} it before; that counts once.`;
    case 'unproven':
      return SIGN_IN_FIRST;
    case 'changed':
    case 'late':
      return undefined;
  }
}
