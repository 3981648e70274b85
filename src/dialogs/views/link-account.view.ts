import type { AccountLink, ChatUser, Disowned, LinkBar, LinkInvitation } from '../../services/index.js';
import { buttonName } from './people.view.js';
import { dismiss } from './person-question.js';
import type { Action, Element, Fact, View } from './view.js';
import { momentText, timeText } from './when.js';

const WHAT_IT_IS =
  'Here you ask for access to Genesys Cloud, and decide about what others ask for. Administrators set up and run its single sign-on with Microsoft Entra ID.';

/** To an account that nobody has proven to be a person of ours: what linking is, and how. */
export function invitationView({ url, until, code }: LinkInvitation): View {
  return {
    title: 'Link your account first',
    tone: 'neutral',
    elements: [
      {
        kind: 'text',
        text: WHAT_IT_IS,
      },
      {
        kind: 'text',
        text: 'Latchkey does not know yet who you are. Link this account to your Microsoft account once, and you can do here what your roles allow.',
      },
      {
        kind: 'list',
        items: [
          `Sign in with Microsoft. The link is for you alone, and works once, until ${timeText(until)}.`,
          `The page shows the code ${code}. If it shows another one, close it.`,
          'After the sign-in it shows a number, too. Press Enter the number here, and type it.',
        ],
      },
      {
        kind: 'text',
        text: 'Pass the link on to nobody, and enter no number that somebody else sends you.',
        style: 'subtle',
      },
    ],
    actions: [
      { kind: 'link', label: 'Sign in with Microsoft', url, style: 'primary' },
      { kind: 'verb', label: 'Enter the number', verb: 'link-number', reference: 'link', revision: 0 },
    ],
    fallback: 'Link your account first: sign in with Microsoft, then enter the number that the page shows.',
  };
}

/** The app's own page: it is opened often, and each invitation costs an older one; so it asks first. */
export function homeInvitationView(): View {
  const text = 'Latchkey does not know yet who you are here. Link this account to your Microsoft account once.';
  return {
    title: 'Link your account first',
    tone: 'neutral',
    elements: [
      { kind: 'text', text: WHAT_IT_IS },
      { kind: 'text', text },
    ],
    actions: [{ ...button('Link my account', 'begin-link', 'link'), style: 'primary' }],
    fallback: text,
  };
}

/** The number was right. Says the same whether or not the person can be told: the account may be somebody else's. */
export function linkedView({ person }: AccountLink, { isToldInTeams } = { isToldInTeams: true }): View {
  const where = isToldInTeams ? 'in Teams as well, and in other accounts' : 'in other accounts';
  return {
    title: 'Your account is linked',
    tone: 'good',
    elements: [
      { kind: 'text', text: `Here you are ${person.name} (${person.userPrincipalName}) from now on.` },
      {
        kind: 'text',
        text: `Latchkey tells you so ${where} that are linked to you, in case it was somebody else.`,
        style: 'subtle',
      },
    ],
    actions: [intentButton('What can I do?', 'help'), intentButton('My linked accounts', 'linked-accounts')],
    fallback: `Your account is linked to ${person.name}. Say help to see what you can do.`,
  };
}

/** To the person, where whoever has linked the account is not: in Teams, and by accounts that were linked before. */
export function linkNoticeView(link: AccountLink): View {
  const { user, linkedAt } = link;
  return {
    title: 'A Slack account was linked to you',
    tone: 'warning',
    elements: [
      { kind: 'text', text: 'It can do in Slack what you may do here. If that was not you, say so now.' },
      { kind: 'facts', facts: [...accountFacts(user), { label: 'Linked', value: momentText(linkedAt) }] },
      {
        kind: 'text',
        text: 'That was not me takes the link away, and neither you nor that account can be linked until an administrator allows it.',
        style: 'subtle',
      },
    ],
    actions: [
      button('That was not me', 'link-not-me', link.id, 'danger'),
      intentButton('My linked accounts', 'linked-accounts'),
    ],
    fallback: `The Slack account ${user.name} of ${workspace(user)} was linked to you. If that was not you, press That was not me.`,
  };
}

/** After *That was not me*. */
export function disownedView({ link: { user }, others, deeds }: Disowned): View {
  return {
    title: 'The link is gone',
    tone: 'warning',
    elements: [
      { kind: 'facts', facts: accountFacts(user) },
      ...(others.length === 0
        ? []
        : [
            { kind: 'text', text: 'These were linked to you, and are not any more either:' } as const,
            ...others.map((other): Element => ({ kind: 'facts', facts: linkFacts(other) })),
          ]),
      ...deedElements(deeds),
      {
        kind: 'text',
        text: 'Neither you nor that account can be linked until an administrator says “allow linking” to Latchkey.',
      },
      {
        kind: 'notice',
        tone: 'warning',
        label: 'What to do',
        text: 'Somebody has signed in as you, or has entered a number that you were shown. Change your password now, and tell your administrators.',
      },
    ],
    actions: [],
    fallback: `The Slack account ${user.name} is not linked to you any more, and cannot be until an administrator allows it.`,
  };
}

const MOST_DEEDS = 10;

/** So that the person sees what was done as them. */
function deedElements(deeds: Disowned['deeds']): Element[] {
  if (deeds.length === 0) return [{ kind: 'text', text: 'Nothing was begun as you in Slack since it was linked.' }];
  const shown = deeds.slice(0, MOST_DEEDS);
  const more = `${String(deeds.length - shown.length)} more stand in the audit.`;
  return [
    {
      kind: 'text',
      text: 'This was begun as you in Slack since it was linked. If it was not you, tell your administrators:',
    },
    { kind: 'facts', facts: shown.map(({ at, what }) => ({ label: momentText(at), value: what })) },
    ...(deeds.length > shown.length ? [{ kind: 'text', text: more, style: 'subtle' } as const] : []),
  ];
}

/** A person's own links. */
export function linksView(links: readonly AccountLink[]): View {
  const text = 'No account of another chat is linked to you. To link one, write to Latchkey there.';
  const several = links.length > 1;
  return {
    title: 'Your linked accounts',
    tone: 'neutral',
    elements:
      links.length === 0
        ? [{ kind: 'text', text }]
        : links.map((link): Element => ({ kind: 'facts', facts: linkFacts(link) })),
    actions: links.map(({ id, user }) =>
      button(
        several ? `Unlink @${buttonName(user.name)} (${user.channelUserId})` : `Unlink @${buttonName(user.name)}`,
        'ask-unlink',
        id,
      ),
    ),
    fallback: links.length === 0 ? text : `Linked to you: ${links.map(({ user }) => `@${user.name}`).join(', ')}.`,
  };
}

/** The second step of *Unlink*. */
export function confirmUnlinkView({ id, user }: AccountLink): View {
  const what = `Unlink @${user.name} of ${workspace(user)}?`;
  return {
    title: what,
    tone: 'warning',
    elements: [
      { kind: 'facts', facts: accountFacts(user) },
      { kind: 'text', text: 'From then on it can do nothing with Latchkey but be linked again.' },
    ],
    actions: [button(`Unlink @${buttonName(user.name)}`, 'unlink', id, 'danger'), dismiss()],
    fallback: what,
  };
}

export function unlinkedView({ user }: AccountLink): View {
  const text = `@${user.name} of ${workspace(user)} is not linked to you any more.`;
  return { title: 'Unlinked', tone: 'good', elements: [{ kind: 'text', text }], actions: [], fallback: text };
}

/** The last that a card shows in the direct messages of an account that is its reader no more. */
export function endedCardView(): View {
  const text =
    'This account is not linked to the person any more whom this card was for, so that it is kept up to date no longer.';
  return {
    title: 'No longer linked',
    tone: 'neutral',
    elements: [{ kind: 'text', text }],
    actions: [],
    fallback: text,
  };
}

const MOST_BARRED = 5;

/** For administrators: who has said *That was not me*. @param words by what they were looked for. */
export function barredView(bars: readonly LinkBar[], words: string): View {
  const nobody =
    words === '' ? 'Nobody is barred from linking accounts.' : `Nobody by “${words}” is barred from linking accounts.`;
  const shown = bars.slice(0, MOST_BARRED);
  const hidden = bars.length - shown.length;
  const asked = 'They have said that a link was not theirs. Ask them before you allow it again.';
  const more = `${String(hidden)} more: say “allow linking” with a name.`;
  return {
    title: 'Who may not link accounts',
    tone: bars.length === 0 ? 'neutral' : 'warning',
    elements: [
      { kind: 'text', text: bars.length === 0 ? nobody : asked },
      ...shown.map((bar): Element => ({ kind: 'facts', facts: barFacts(bar) })),
      ...(hidden > 0 ? [{ kind: 'text', text: more, style: 'subtle' } as const] : []),
    ],
    actions: uniqueActions(shown.map(allowButton)),
    fallback: bars.length === 0 ? nobody : `Barred from linking accounts: ${shown.map(barredName).join(', ')}.`,
  };
}

/** The person and the account are freed by a button of their own: that one is believed says nothing of the other. */
function allowButton({ bars, person, user }: LinkBar): Action {
  if (bars === 'person') return button(`Allow linking ${buttonName(person.name)}`, 'allow-linking', person.id);
  const label = `Allow @${buttonName(user.name)} (${user.channelUserId})`;
  return button(label, 'allow-account', `${user.team}/${user.channelUserId}`);
}

/** Several bars may hold for one. */
function uniqueActions(actions: readonly Action[]): Action[] {
  return [...new Map(actions.map((action) => [JSON.stringify(action), action])).values()];
}

function barredName({ bars, person, user }: LinkBar): string {
  return bars === 'person' ? person.name : `@${user.name} (${user.channelUserId})`;
}

/** @param bars those that were taken away; none: somebody was faster. */
export function allowedView([bar]: readonly LinkBar[]): View {
  const text = allowedText(bar);
  return { title: 'Allowed', tone: 'good', elements: [{ kind: 'text', text }], actions: [], fallback: text };
}

function allowedText(bar: LinkBar | undefined): string {
  if (!bar) return 'Nothing is barred here any more: somebody has allowed it before.';
  return bar.bars === 'person'
    ? `${bar.person.name} can link accounts again. An account that was barred stays so until it is allowed, too.`
    : `@${bar.user.name} of ${workspace(bar.user)} can be linked again.`;
}

function linkFacts({ user, linkedAt }: AccountLink): Fact[] {
  return [...accountFacts(user), { label: 'Linked', value: momentText(linkedAt) }];
}

function barFacts({ bars, person, user, barredAt }: LinkBar): Fact[] {
  const whom = { label: 'Person', value: `${person.name} (${person.userPrincipalName})` };
  return [
    { label: 'Barred', value: `${bars === 'person' ? 'the person' : 'the account'}, ${momentText(barredAt)}` },
    ...(bars === 'person' ? [whom, ...accountFacts(user)] : [...accountFacts(user), whom]),
  ];
}

/** The id beside the name: anybody can choose the name of somebody else. */
function accountFacts(user: ChatUser): Fact[] {
  return [
    { label: 'Slack account', value: `@${user.name} (${user.channelUserId})` },
    { label: 'Workspace', value: workspace(user) },
  ];
}

function workspace({ team, teamName = team }: ChatUser): string {
  return teamName;
}

function button(label: string, verb: string, reference: string, style?: 'danger'): Action {
  return { kind: 'verb', label, verb, reference, revision: 0, ...(style ? { style } : {}) };
}

function intentButton(label: string, intent: string): Action {
  return { kind: 'verb', label, verb: 'intent', reference: intent, revision: 0 };
}
