// @ts-check
/** Which sentences fit a step, and what stands in the field after one was chosen. Pure. */

/**
 * Whether a sentence is proposed for a step: those for every step always are, and all while none is chosen.
 * @param {string} forStep the step the sentence is for, empty for every one
 * @param {string} step the one chosen, empty for none
 */
export const fits = (forStep, step) => !forStep || !step || forStep === step;

/**
 * The field's text after a sentence was chosen: what a person typed is kept above it, an earlier sentence is not.
 * @param {string} text what stands there
 * @param {string} earlier the sentence put in before, empty for none
 * @param {string} sentence
 */
export function inserted(text, earlier, sentence) {
  if (!text.trim() || text === earlier) return sentence;
  if (earlier && text.includes(earlier)) return text.replace(earlier, () => sentence);
  return sentence ? `${text.trimEnd()}\n${sentence}` : text;
}
