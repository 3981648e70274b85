import type { FilledForm, Form } from './form.js';

export const NUMBER_FORM = 'link-number';
export const NUMBER_QUESTION = 'number';

/** Asked where the account is: whoever has signed in reads the number, whoever asked for the link enters it. */
const linkNumberForm: Form = {
  name: NUMBER_FORM,
  verb: 'link-number',
  title: 'Enter the number',
  questions: [
    {
      id: NUMBER_QUESTION,
      title: 'The six digits of the page',
      explains:
        'The page that you came to after signing in with Microsoft shows them, for 5 minutes. Enter none that somebody has sent you: whoever gave them to you is who you would be here.',
      input: { kind: 'text', label: 'Six digits', placeholder: '123456', maxLength: 20 },
    },
  ],
};

/** @param complaint what is wrong with what was typed before. */
export function numberForm(complaint?: string): FilledForm {
  return {
    form: linkNumberForm,
    typed: {},
    complaints: complaint === undefined ? {} : { [NUMBER_QUESTION]: complaint },
  };
}

/** What to do after a number that was not the right one. @param left how many tries there still are. */
export function wrongNumber(left: number): string {
  if (left === 0)
    return 'That is not the number, and that was the last try. Say “link” for a new link, and sign in again.';
  const tries = left === 1 ? 'one more try' : `${String(left)} more tries`;
  return `That is not the number. You have ${tries}: type the six digits as the page shows them.`;
}

export const NO_NUMBER =
  'No number waits for this account: sign in with the link first, or its five minutes are over. Say “link” for a new link.';
