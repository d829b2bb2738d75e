// @ts-check
/** How a place is put into words: the sentences come from the page, the numbers from the phone. Pure. */

/** @typedef {Record<string, string | undefined>} Words sentences of the page, by data attribute */

const DAY_MIN = 1440;
const WALK_LIMIT_MIN = 120;
const JST_MS = 9 * 3600 * 1000;

/**
 * @param {string | undefined} sentence
 * @param {Record<string, string | number>} values
 */
export function fill(sentence, values) {
  return String(sentence || '').replace(/\{(\w+)\}/g, (whole, name) => (name in values ? String(values[name]) : whole));
}

/**
 * Straight distance as people say it: tens of metres below one kilometre, else tenths of a kilometre.
 * Never 0: a person on the spot still reads a distance.
 * @param {Words} words
 * @param {number} metres
 */
export function distanceText(words, metres) {
  const tens = Math.max(10, Math.round(metres / 10) * 10);
  if (tens < 1000) return fill(words.metres, { n: tens });
  return fill(words.kilometres, { n: (metres / 1000).toFixed(1) });
}

/**
 * Walking time, brisk to slow; nothing beyond two brisk hours, where minutes would only look exact.
 * @param {Words} words
 * @param {number[]} minutes
 */
export function walkText(words, [low, high]) {
  return low > WALK_LIMIT_MIN ? '' : fill(words.walk, { low, high });
}

/** Clock time in Japan, whatever the phone is set to, as the server writes it: 9:05. @param {number} ms */
export function clockText(ms) {
  return new Date(ms + JST_MS).toISOString().slice(11, 16).replace(/^0/, '');
}

/** Day and time in Japan as the server writes them: 11月22日（日）14:05. @param {number} ms */
export function momentText(ms) {
  const local = new Date(ms + JST_MS);
  const day = '日月火水木金土'[local.getUTCDay()];
  return `${local.getUTCMonth() + 1}月${local.getUTCDate()}日（${day}）${clockText(ms)}`;
}

/**
 * How long ago, rounded down. A clock that runs behind the server's gives "now", never a negative age.
 * @param {Words} words
 * @param {number} thenMs
 * @param {number} nowMs
 */
export function ageText(words, thenMs, nowMs) {
  const minutes = Math.floor((nowMs - thenMs) / 60000);
  if (minutes < 1) return fill(words.ageNow, {});
  if (minutes < 60) return fill(words.ageMinutes, { n: minutes });
  if (minutes < DAY_MIN) return fill(words.ageHours, { n: Math.floor(minutes / 60) });
  return fill(words.ageDays, { n: Math.floor(minutes / DAY_MIN) });
}

/**
 * The sentence for a code: wordFor(words, 'kind', 'site_and_shelter') reads words.kindSiteAndShelter.
 * @param {Words} words
 * @param {string} group
 * @param {string | null | undefined} code
 */
export function wordFor(words, group, code) {
  if (!code) return '';
  const camel = code.split('_').map((part) => part.charAt(0).toUpperCase() + part.slice(1));
  return words[group + camel.join('')] || '';
}

/**
 * Walking directions of the two map services.
 * @param {number} lat
 * @param {number} lon
 */
export function routes(lat, lon) {
  return {
    google: `https://www.google.com/maps/dir/?api=1&destination=${lat},${lon}&travelmode=walking`,
    apple: `https://maps.apple.com/?daddr=${lat},${lon}&dirflg=w`,
  };
}
