import { parseGenesysRegion } from '../../../services/index.js';
import { closedFormView, questionView, type Form } from '../../forms/form.js';
import { numberForm } from '../../forms/link-number.form.js';
import { setUpSsoForm } from '../../forms/set-up-sso.form.js';
import type { View } from '../view.js';
import type { Examples } from './example.js';

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

export const formExamples: Examples = (said) => {
  const parsed = parseGenesysRegion('Frankfurt');
  if (!parsed.ok) throw new Error('Frankfurt is a region.');
  const form = setUpSsoForm(parsed.region);
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
