import type { RequestCard } from '../../services/index.js';
import { minutesText, wishText } from '../views/access-words.js';
import { buttonName } from '../views/people.view.js';
import type { Form, Question } from './form.js';
import { shorterChoices, spanChoices } from './span-choices.js';

/** What is asked before a decision that needs more than a click. The reference of each is the id of the request. */

export const ACCESS_FORMS = [
  'deny-access',
  'approve-access-less',
  'revoke-access',
  'give-back-access',
  'review-access',
  'extend-access',
] as const;
export type AccessForm = (typeof ACCESS_FORMS)[number];

const MAKERS: Readonly<Record<AccessForm, (card: RequestCard) => Omit<Form, 'name' | 'reference'>>> = {
  'deny-access': (card) => ({
    ...{ verb: 'access-deny', title: 'Deny the request', sends: { label: `Deny ${nameIn(card)}`, style: 'danger' } },
    questions: [
      reason(
        `Why not? ${card.request.asker.name} reads it.`,
        `${about(card)} is denied at once, for everybody who was asked.`,
      ),
    ],
  }),
  'approve-access-less': (card) => ({
    ...{
      verb: 'access-approve-less',
      title: 'Approve for less',
      sends: { label: `Approve ${nameIn(card)}`, style: 'primary' },
    },
    questions: [
      {
        ...{ id: 'minutes', title: 'For how long?' },
        explains: `${about(card)} was asked for ${minutesText(card.request.minutes)}. Of several approvals the shortest time counts.`,
        input: { kind: 'choice', label: 'How long', choices: shorterChoices(card.request.minutes) },
      },
      { ...reason('A note', `${card.request.asker.name} reads it.`), isOptional: true },
    ],
  }),
  'revoke-access': (card) => ({
    ...{
      verb: 'access-revoke',
      title: 'Revoke the access',
      sends: { label: `Revoke ${nameIn(card)}`, style: 'danger' },
    },
    questions: [
      reason(
        'Why?',
        `${card.request.person.name} loses ${card.request.rules.role.name} now, and reads why. What other requests gave stays.`,
      ),
    ],
  }),
  'give-back-access': (card) => ({
    ...{ verb: 'access-give-back', title: 'Give the access back' },
    sends: { label: `Give back ${buttonName(card.request.rules.role.name)}`, style: 'danger' },
    intro: `You lose ${card.request.rules.role.name} now. What other requests gave you stays, and you can ask again at any time.`,
    questions: [],
  }),
  'review-access': (card) => ({
    ...{
      verb: 'access-review',
      title: 'Review the break-glass',
      sends: { label: `Save the review of ${nameIn(card)}`, style: 'primary' },
    },
    questions: [
      {
        ...{ id: 'verdict', title: `Was it right that ${card.request.person.name} took the access?` },
        explains: `The reason was: ${card.request.why}`,
        input: {
          ...{ kind: 'choice', label: 'Verdict' },
          choices: [
            { title: 'It was right', value: 'right' },
            { title: 'It was not right: the access ends now', value: 'not-right' },
          ],
        },
      },
      reason('Why?', 'It stands in the audit.'),
    ],
  }),
  'extend-access': (card) => ({
    ...{ verb: 'access-extend', title: 'Ask for more time', sends: { label: 'Ask for more time', style: 'primary' } },
    questions: [
      {
        ...{ id: 'minutes', title: 'How much more?' },
        explains: 'It begins where the present access ends, so there is no gap. Whoever decides is asked again.',
        input: {
          ...{ kind: 'choice', label: 'How much more' },
          choices: spanChoices(card.request.rules.role.lasts.atMost.minutes, [
            card.request.rules.role.lasts.usually.minutes,
          ]),
          preselected: String(card.request.rules.role.lasts.usually.minutes),
        },
      },
      reason('Why?', 'Whoever decides reads this.'),
    ],
  }),
};

export function accessForm(name: AccessForm, card: RequestCard): Form {
  return { name, reference: card.request.id, ...MAKERS[name](card) };
}

export function isAccessForm(name: string): name is AccessForm {
  return ACCESS_FORMS.some((one) => one === name);
}

function reason(title: string, explains: string): Question {
  return { id: 'reason', title, explains, input: { kind: 'text', label: 'Reason', placeholder: '', maxLength: 500 } };
}

function nameIn({ request }: RequestCard): string {
  return buttonName(request.person.name);
}

function about({ request }: RequestCard): string {
  return wishText(request);
}
