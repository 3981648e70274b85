/** What the value of an option must look like, and how an error says so. */
export interface OptionForm {
  readonly wanted: string;
  readonly fits: (value: string) => boolean;
}

const isDecimal = (value: string): boolean => /^\d{1,9}(\.\d{1,3})?$/.test(value);
const isCount = (value: string): boolean => /^[1-9]\d{0,8}$/.test(value);

/** Every stretch of time is plain seconds, such as `5` or `0.5`. */
export const SECONDS: OptionForm = { wanted: 'a number of seconds such as 5 or 0.5', fits: isDecimal };

export const MILLISECONDS: OptionForm = {
  wanted: 'a whole number of milliseconds such as 1500',
  fits: (value) => /^\d{1,9}$/.test(value),
};

export const TIMES: OptionForm = {
  wanted: 'a whole number from 1, or "always"',
  fits: (value) => value === 'always' || isCount(value),
};

export const COUNT: OptionForm = { wanted: 'a whole number from 1', fits: isCount };

export const FACTOR: OptionForm = {
  wanted: 'a number above 0 such as 1 or 0.01',
  fits: (value) => /^\d{1,6}(\.\d{1,6})?$/.test(value) && Number(value) > 0,
};

export const RETRY_AFTER: OptionForm = {
  wanted: 'a whole number of seconds such as 10, or "none"',
  fits: (value) => value === 'none' || /^\d{1,6}$/.test(value),
};

export const SOME_TEXT: OptionForm = { wanted: 'some text', fits: (value) => value !== '' };

export function oneOfWords(...words: string[]): OptionForm {
  return { wanted: `one of ${words.join(', ')}`, fits: (value) => words.includes(value) };
}
