import type { Intent } from '../intents.js';
import type { Action, Element, View } from './view.js';

/** What this person can do here, with an example each and a button for those that need no more words. */
export function helpView(audience: {
  name: string;
  intents: readonly Intent[];
  isStranger: boolean;
  note?: string;
}): View {
  const { intents, isStranger } = audience;
  const mayDo = intents.some(({ right }) => right !== undefined);
  const mayAsk = !isStranger && intents.some(({ name }) => name === 'request-access');
  // Whoever may do nothing is told that; which accounts are linked to them is theirs all the same.
  const shown = isStranger ? [] : intents.filter(({ name }) => name !== 'help');
  const elements: Element[] = [
    { kind: 'text', text: `Hello ${audience.name}. ${mayAsk ? WHAT_IT_GIVES : WHAT_IT_IS}` },
    ...(audience.note ? [{ kind: 'notice', tone: 'neutral', text: audience.note } as const] : []),
  ];
  if (!mayDo && !mayAsk) {
    const text = isStranger
      ? 'There is nothing here for accounts from outside this organisation.'
      : 'There is nothing here that you may do yet. Latchkey is for people with an administrator or reader role in Entra. If you are eligible for one, activate it, then say help.';
    elements.push({ kind: 'notice', tone: 'neutral', text });
  }
  if (shown.length > 0) {
    elements.push({ kind: 'text', text: 'You can say:', style: 'strong' });
    elements.push({
      kind: 'facts',
      facts: shown.map((intent) => ({ label: intent.example ?? intent.phrases[0] ?? '', value: intent.explains })),
    });
  }
  return {
    title: 'What Latchkey can do for you',
    tone: 'neutral',
    elements,
    actions: shown.filter(canStartAlone).map(intentButton),
    fallback:
      !mayDo && !mayAsk
        ? 'There is nothing here that you may do yet.'
        : `You can say: ${shown.map(({ phrases }) => phrases[0]).join(', ')}.`,
  };
}

const WHAT_IT_IS = 'Latchkey runs single sign-on between Microsoft Entra ID and Genesys Cloud.';
const WHAT_IT_GIVES = `${WHAT_IT_IS} Here you ask for access, and decide about what others ask for.`;

/** The app's own page: what concerns the person, then what they can do. @param work lists, and buttons for them. */
export function homeView(help: View, work: Pick<View, 'elements' | 'actions'>): View {
  const [greeting, ...others] = help.elements;
  const labels = new Set(work.actions.map(({ label }) => label));
  return {
    ...help,
    elements: [...(greeting ? [greeting] : []), ...work.elements, ...others],
    actions: [...work.actions, ...help.actions.filter(({ label }) => !labels.has(label))],
  };
}

/** Said once in a channel that Latchkey was added to. */
export function channelGreetingView(): View {
  return {
    title: 'Latchkey is here',
    tone: 'neutral',
    elements: [
      { kind: 'text', text: 'Latchkey runs single sign-on between Microsoft Entra ID and Genesys Cloud.' },
      {
        kind: 'text',
        text: 'Mention it here, or write to it in your personal chat, and say help to see what you can do.',
        style: 'subtle',
      },
    ],
    actions: [helpButton()],
    fallback: 'Latchkey is here. Mention it and say help.',
  };
}

/** A text that nobody understands gets its two nearest meanings as buttons. */
export function unknownView(said: string, nearest: readonly Intent[]): View {
  return {
    title: 'I did not understand that',
    tone: 'neutral',
    elements: [
      { kind: 'text', text: `You said: ${said}`, style: 'subtle' },
      { kind: 'text', text: 'Did you mean one of these?' },
      {
        kind: 'facts',
        facts: nearest.map((intent) => ({ label: intent.example ?? intent.phrases[0] ?? '', value: intent.explains })),
      },
    ],
    actions: [...nearest.filter(canStartAlone), undefined].map((intent) =>
      intent ? intentButton(intent) : helpButton(),
    ),
    fallback: 'I did not understand that. Say help to see what you can do.',
  };
}

/** Whom or which group it is for is said in words. */
function canStartAlone({ takes }: Intent): boolean {
  return takes !== 'person' && takes !== 'group';
}

export function intentButton(intent: Intent): Action {
  return { kind: 'verb', label: intent.title, verb: 'intent', reference: intent.name, revision: 0 };
}

function helpButton(): Action {
  return { kind: 'verb', label: 'Help', verb: 'intent', reference: 'help', revision: 0 };
}
