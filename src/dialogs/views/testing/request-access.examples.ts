import type { AccessOffer } from '../../../services/index.js';
import { accessForm, ACCESS_FORMS } from '../../forms/decide-access.form.js';
import { filledRequestForm } from '../../forms/request-access.form.js';
import { wholeFormView } from '../../forms/whole-form.js';
import { dismiss } from '../person-question.js';
import { confirmBreakGlassView, noOffersView } from '../request-access.view.js';
import { card, request } from './access-fixtures.js';
import type { Examples, Said } from './example.js';

function offer(said: Said, more: Partial<AccessOffer> = {}): AccessOffer {
  return {
    ...{ roleId: 'agent', name: said('Agent'), explains: said('Take calls and chats.'), gives: said('the role User') },
    ...{ usualMinutes: 480, mostMinutes: 43_200, canBreakGlass: false },
    ...more,
  };
}

export const requestAccessExamples: Examples = (said) => {
  const lead = offer(said, { roleId: 'lead', name: said('Lead'), usualMinutes: 60, mostMinutes: 240 });
  const sharp = { ...lead, canBreakGlass: true, breakGlassMinutes: 30 };
  const asked = card(request(said));
  return {
    noOffersView: {
      none: noOffersView([]),
      'none for this person': noOffersView([offer(said, { problem: said('The access policy does not let you.') })]),
    },
    confirmBreakGlassView: {
      'an emergency': confirmBreakGlassView({
        ...{ offer: sharp, minutes: 30, why: said('The hotline is down') },
        reference: '33333333-0000-4000-8000-000000000004:lead:30:nonce',
      }),
    },
    wholeFormView: {
      'a request': wholeFormView(filledRequestForm([offer(said), lead], { reference: 'n' }), dismiss()),
      'a request, with complaints': wholeFormView(
        filledRequestForm([offer(said), sharp], {
          ...{ reference: 'n', typed: { role: 'lead', until: said('whenever'), why: said('Because') } },
          complaints: { until: said('“whenever” is no time to come.') },
        }),
        dismiss(),
      ),
      ...Object.fromEntries(
        ACCESS_FORMS.map((name) => [
          name,
          wholeFormView({ form: accessForm(name, asked), typed: {}, complaints: {} }, dismiss()),
        ]),
      ),
    },
  };
};
