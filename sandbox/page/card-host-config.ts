/**
 * The look of Adaptive Cards. Colours are the page's own CSS variables, so a change of theme needs no new rendering.
 */
export const cardHostConfig = {
  fontFamily: 'var(--font)',
  fontSizes: { small: 12, default: 14, medium: 15, large: 18, extraLarge: 22 },
  fontWeights: { lighter: 300, default: 400, bolder: 600 },
  lineHeights: { small: 17, default: 20, medium: 22, large: 25, extraLarge: 30 },
  spacing: { small: 4, default: 8, medium: 12, large: 20, extraLarge: 28, padding: 16 },
  separator: { lineThickness: 1, lineColor: 'var(--line)' },
  supportsInteractivity: true,
  imageSizes: { small: 40, medium: 80, large: 160 },
  containerStyles: {
    default: containerStyle('transparent', 'var(--line)'),
    emphasis: containerStyle('var(--surface-2)', 'var(--line)'),
    accent: containerStyle('var(--accent-soft)', 'var(--accent-line)'),
    good: containerStyle('var(--good-soft)', 'var(--good-line)'),
    warning: containerStyle('var(--warning-soft)', 'var(--warning-line)'),
    attention: containerStyle('var(--attention-soft)', 'var(--attention-line)'),
  },
  actions: {
    maxActions: 6,
    spacing: 'medium',
    buttonSpacing: 8,
    showCard: { actionMode: 'inline', inlineTopMargin: 12, style: 'emphasis' },
    actionsOrientation: 'horizontal',
    actionAlignment: 'left',
    allowTitleToWrap: true,
  },
  adaptiveCard: { allowCustomStyle: false },
  imageSet: { imageSize: 'medium', maxImageHeight: 100 },
  factSet: {
    title: { color: 'default', size: 'default', isSubtle: true, weight: 'default', wrap: true, maxWidth: 180 },
    value: { color: 'default', size: 'default', isSubtle: false, weight: 'default', wrap: true },
    spacing: 16,
  },
  textBlock: { headingLevel: 3 },
  textStyles: {
    heading: { size: 'large', weight: 'bolder', color: 'default', isSubtle: false, fontType: 'default' },
    columnHeader: { size: 'default', weight: 'bolder', color: 'default', isSubtle: false, fontType: 'default' },
  },
  inputs: {
    allowDynamicallyFilteredChoiceSet: true,
    debounceTimeInMilliSeconds: 250,
    label: {
      inputSpacing: 'small',
      requiredInputs: { weight: 'bolder', color: 'default', size: 'default', suffix: ' *', suffixColor: 'attention' },
      optionalInputs: { weight: 'bolder', color: 'default', size: 'default' },
    },
    errorMessage: { color: 'attention', weight: 'default', size: 'small' },
  },
};

function containerStyle(backgroundColor: string, borderColor: string) {
  const colour = (name: string, subtle = name) => ({
    default: `var(--${name})`,
    subtle: `var(--${subtle})`,
    highlightColors: { default: 'var(--highlight)', subtle: 'var(--highlight)' },
  });
  return {
    backgroundColor,
    borderColor,
    foregroundColors: {
      default: colour('ink', 'ink-2'),
      dark: colour('ink', 'ink-2'),
      light: colour('ink-2'),
      accent: colour('accent-ink'),
      good: colour('good'),
      warning: colour('warning'),
      attention: colour('attention'),
    },
  };
}
