import { parseGenesysRegion } from '../../../services/index.js';
import { closedFormView, questionView, type FilledForm, type Form } from '../../forms/form.js';
import { numberForm } from '../../forms/link-number.form.js';
import { setUpSsoForm } from '../../forms/set-up-sso.form.js';
import type { View } from '../view.js';
import type { Examples, Said } from './example.js';
import { accessForms } from './request-access.examples.js';

const PERSON_FORM: Form = {
  name: 'who',
  title: 'For whom',
  questions: [
    {
      ...{ id: 'person', title: 'Who needs access?', explains: 'A member of this organisation.' },
      input: { kind: 'person', label: 'Person', placeholder: 'Type a name' },
    },
  ],
};

function regionForm(): Form {
  const parsed = parseGenesysRegion('Frankfurt');
  if (!parsed.ok) throw new Error('Frankfurt is a region.');
  return setUpSsoForm(parsed.region);
}

/** Every form as a dialog shows it whole, new and with something wrong in it; a new form gets its line here. */
export function everyForm(
  said: Said = (text) => text,
): readonly { readonly name: string; readonly filled: FilledForm }[] {
  const form = regionForm();
  const wrong = { organization: said('Genesys knows it as contoso-gc.'), region: said('That is no region.') };
  const forms: Readonly<Record<string, FilledForm>> = {
    'a set-up': { form, typed: {}, complaints: {} },
    'a set-up, with complaints': { form, typed: { organization: said('contoso-xx') }, complaints: wrong },
    'a number': numberForm(),
    'a number, with a complaint': numberForm(said('That is not the number.')),
    ...accessForms(said),
  };
  return Object.entries(forms).map(([name, filled]) => ({ name, filled }));
}

export const formExamples: Examples = (said) => {
  const form = regionForm();
  const answers = { region: { value: 'eu_central_1', shown: said('EMEA (Frankfurt)') } };
  const ask = (asked: Form, at: number, more: { complaint?: string; typed?: string } = {}): View =>
    questionView(asked, at, { answers: at === 0 ? {} : answers, reference: 'f1', revision: 1, ...more });
  return {
    questionView: {
      'a choice': ask(form, 0),
      'a choice, and the answer was wrong': ask(form, 0, { complaint: said('That is no region.') }),
      'a text': ask(form, 1, { typed: said('contoso-xx'), complaint: said('Genesys knows it as contoso-gc.') }),
      'a person': ask(PERSON_FORM, 0),
      'a number': ask(numberForm().form, 0),
    },
    closedFormView: {
      answered: closedFormView(form, answers, 'Answered. The plan follows.'),
      cancelled: closedFormView(form, {}, 'Cancelled. Nothing was changed.'),
    },
  };
};
