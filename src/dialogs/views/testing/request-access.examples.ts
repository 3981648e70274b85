import type { AccessOffer, EntraPerson } from '../../../services/index.js';
import { accessForm, ACCESS_FORMS } from '../../forms/decide-access.form.js';
import type { FilledForm } from '../../forms/form.js';
import { filledRequestForm } from '../../forms/request-access.form.js';
import { whoFound, whoKnown, type WhoSaid } from '../../forms/said-request.js';
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

function leadOffer(said: Said): AccessOffer {
  return offer(said, { roleId: 'lead', name: said('Lead'), usualMinutes: 60, mostMinutes: 240 });
}

function sharpOffer(said: Said): AccessOffer {
  return { ...leadOffer(said), canBreakGlass: true, breakGlassMinutes: 30 };
}

const NAMED = { isBareMention: false, isAlsoRole: false };

function person(said: Said, userName = 'ana.agent'): EntraPerson {
  return {
    ...{ id: '33333333-0000-4000-8000-000000000004', name: said('Ana Agent'), isEnabled: true, isGuest: false },
    userPrincipalName: said(`${userName}@contoso.example`),
  };
}

function requestFor(said: Said, who: WhoSaid): FilledForm {
  const { personId, complaint } = who;
  return filledRequestForm([offer(said)], {
    ...{ who, reference: 'n', timeZone: 'Europe/Berlin', typed: personId === undefined ? {} : { person: personId } },
    ...(complaint === undefined ? {} : { complaints: { person: complaint } }),
  });
}

/** The forms of access requests, by what they are for. */
export function accessForms(said: Said): Readonly<Record<string, FilledForm>> {
  const asked = card(request(said));
  return {
    'a request': filledRequestForm([offer(said), leadOffer(said)], { reference: 'n', timeZone: 'Europe/Berlin' }),
    'a request, with complaints': filledRequestForm([offer(said), sharpOffer(said)], {
      timeZone: 'Europe/Berlin',
      ...{ reference: 'n', typed: { role: 'lead', until: said('whenever'), why: said('Because') } },
      complaints: { until: said('“whenever” is no time to come.') },
    }),
    'a request for somebody, in words': requestFor(said, whoKnown(person(said))),
    'a request for one of several': requestFor(
      said,
      whoFound({ words: said('ana'), ...NAMED }, { kind: 'several', people: [person(said), person(said, 'ana2')] }),
    ),
    'a request for nobody that is known': requestFor(
      said,
      whoFound({ words: said('zoe'), ...NAMED }, { kind: 'none' }),
    ),
    ...Object.fromEntries(
      ACCESS_FORMS.map((name) => [name, { form: accessForm(name, asked), typed: {}, complaints: {} }]),
    ),
  };
}

export const requestAccessExamples: Examples = (said) => {
  const sharp = sharpOffer(said);
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
    wholeFormView: Object.fromEntries(
      Object.entries(accessForms(said)).map(([name, form]) => [name, wholeFormView(form, dismiss())]),
    ),
  };
};
