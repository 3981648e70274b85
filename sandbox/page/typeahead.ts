import type * as AC from 'adaptivecards';
import type { FoundChoice } from './wire.js';

/** The official renderer's browser build, loaded by index.html. */
declare const AdaptiveCards: typeof AC;

export interface ListQuery {
  readonly dataset: string;
  readonly queryText: string;
}
export type SearchList = (query: ListQuery) => Promise<readonly FoundChoice[]>;

const FEWEST_LETTERS = 2;

/**
 * Lists that the bot fills while somebody types (`Data.Query`), as Teams does it. The renderer shows the rows, and leaves
 * the asking to its host; what was chosen it knows by the title in the box, so it is told which value belongs to it.
 */
export function fillLists(card: AC.AdaptiveCard, search: SearchList): void {
  card.onInputValueChanged = (input) => {
    if (input instanceof AdaptiveCards.ChoiceSetInput && input.isDynamicTypeahead()) void fill(input, search);
  };
}

const BOX = '.ac-choiceSetInput-filtered-textbox';
const ROWS = '.ac-choiceSetInput-filtered-dropdown';
const ROW = '.ac-choiceSetInput-choice';
const OPEN = 'ac-choiceSetInput-filtered-dropdown-open';
const HIGHLIGHTED = 'ac-choiceSetInput-choice-highlighted';

let lists = 0;

/** The renderer says nothing of these lists to screen readers: label, rows, and the row that the arrow keys are at. */
export function nameLists(card: HTMLElement): void {
  for (const box of card.querySelectorAll<HTMLInputElement>(BOX)) {
    const rows = box.parentElement?.querySelector<HTMLElement>(ROWS);
    if (!rows) continue;
    rows.id = `list-${String((lists += 1))}`;
    rows.setAttribute('role', 'listbox');
    const label = box.parentElement?.getAttribute('aria-labelledby') ?? '';
    const own = { role: 'combobox', 'aria-autocomplete': 'list', 'aria-controls': rows.id, 'aria-labelledby': label };
    for (const [name, value] of Object.entries(own)) box.setAttribute(name, value);
    const tell = (): void => tellRows(box, rows);
    new MutationObserver(tell).observe(rows, { childList: true, subtree: true, attributeFilter: ['class'] });
    tell();
  }
}

function tellRows(box: HTMLElement, rows: HTMLElement): void {
  box.setAttribute('aria-expanded', String(rows.classList.contains(OPEN)));
  box.removeAttribute('aria-activedescendant');
  for (const row of rows.querySelectorAll(ROW)) {
    const isAt = row.classList.contains(HIGHLIGHTED);
    row.setAttribute('role', 'option');
    row.setAttribute('aria-selected', String(isAt));
    if (isAt) box.setAttribute('aria-activedescendant', row.id);
  }
}

async function fill(list: AC.ChoiceSetInput, search: SearchList): Promise<void> {
  const typed = list.getFilterForDynamicSearch() ?? '';
  const isChosen = list.choices.some(({ title }) => title === typed);
  if (typed.trim().length < FEWEST_LETTERS || isChosen) return;
  list.showLoadingIndicator();
  try {
    const found = await search({ dataset: list.choicesData?.dataset ?? '', queryText: typed });
    // Meanwhile more may have been typed, and that question is on its way.
    if (list.getFilterForDynamicSearch() !== typed) return;
    list.choices = found.map(({ title, value }) => new AdaptiveCards.Choice(title, value));
    list.renderChoices(typed, [...found]);
  } catch (error) {
    list.showErrorIndicator(typed, `Nothing could be found. ${error instanceof Error ? error.message : ''}`);
  }
}
