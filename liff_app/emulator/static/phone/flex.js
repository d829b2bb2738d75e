// @ts-check
// Flex messages: bubbles and carousels of boxes, texts, buttons, pictures and rules.
import { el } from './dom.js';
import { perform, wordsOf } from './actions.js';

const SIZES = { xxs: 0.72, xs: 0.8, sm: 0.88, md: 1, lg: 1.12, xl: 1.3, xxl: 1.6, '3xl': 1.9, '4xl': 2.3, '5xl': 2.8 };
const GAPS = { none: '0', xs: '2px', sm: '4px', md: '8px', lg: '12px', xl: '16px', xxl: '20px' };
const COLOUR = /^#[0-9a-fA-F]{6}([0-9a-fA-F]{2})?$/;
const LENGTH = /^\d+(\.\d+)?(px|%)$/;

const length = (/** @type {any} */ value) => GAPS[/** @type {keyof typeof GAPS} */ (value)] ?? (LENGTH.test(value) ? value : '');
const colour = (/** @type {any} */ value) => (COLOUR.test(value) ? value : '');

function tappable(/** @type {HTMLElement} */ node, /** @type {any} */ action) {
  if (!action) return node;
  const button = el('button', { type: 'button', class: 'flex-tap', 'aria-label': action.label || null, onclick: () => perform(action) });
  button.append(node);
  return button;
}

function text(/** @type {any} */ part) {
  const spans = (part.contents || []).map((/** @type {any} */ span) => text({ ...span, type: 'text' }));
  const node = el(spans.length ? 'p' : 'span', { class: 'flex-text' }, ...(spans.length ? spans : [part.text || '']));
  const size = SIZES[/** @type {keyof typeof SIZES} */ (part.size)];
  if (size) node.style.fontSize = `${size}em`;
  if (part.weight === 'bold') node.style.fontWeight = '700';
  node.style.color = colour(part.color);
  if (part.align) node.style.textAlign = { start: 'start', end: 'end', center: 'center' }[part.align] || '';
  if (!part.wrap) node.classList.add('flex-oneline');
  if (part.decoration === 'line-through' || part.decoration === 'underline') node.style.textDecoration = part.decoration;
  return tappable(node, part.action);
}

function picture(/** @type {any} */ part) {
  const node = el('img', { class: 'flex-image', src: part.url, alt: '' });
  if (/^\d+:\d+$/.test(part.aspectRatio || '')) node.style.aspectRatio = part.aspectRatio.replace(':', '/');
  node.style.objectFit = part.aspectMode === 'cover' ? 'cover' : 'contain';
  return tappable(node, part.action);
}

function button(/** @type {any} */ part) {
  const node = el('button', { type: 'button', class: `flex-button flex-${part.style || 'link'}`, onclick: () => perform(part.action) }, wordsOf(part.action));
  node.style.backgroundColor = part.style === 'link' || !part.style ? '' : colour(part.color);
  return node;
}

function box(/** @type {any} */ part) {
  const node = el('div', { class: `flex-box flex-${part.layout}` });
  node.style.gap = length(part.spacing);
  node.style.backgroundColor = colour(part.backgroundColor);
  node.style.padding = length(part.paddingAll);
  node.style.borderRadius = length(part.cornerRadius);
  for (const child of part.contents || []) node.append(component(child));
  return tappable(node, part.action);
}

function component(/** @type {any} */ part) {
  const makers = { box, text, image: picture, icon: picture, button, separator: () => el('hr', { class: 'flex-rule' }) };
  const make = makers[/** @type {keyof typeof makers} */ (part.type)] || (() => el('span'));
  const node = make(part);
  if (part.type === 'icon') node.classList.add('flex-icon');
  if (part.flex !== undefined) node.style.flex = part.flex ? `${Number(part.flex)} 1 0` : 'none';
  if (part.margin) node.style.marginTop = length(part.margin);
  return node;
}

function bubble(/** @type {any} */ part) {
  const node = el('div', { class: `flex-bubble flex-size-${part.size || 'mega'}` });
  for (const name of ['header', 'hero', 'body', 'footer']) {
    if (!part[name]) continue;
    const inner = el('div', { class: `flex-${name}` }, component(part[name]));
    inner.style.backgroundColor = colour(part.styles?.[name]?.backgroundColor);
    node.append(inner);
  }
  return tappable(node, part.action);
}

/**
 * @param {any} contents a bubble or a carousel
 * @returns {HTMLElement}
 */
export function flex(contents) {
  if (contents.type !== 'carousel') return bubble(contents);
  return el('div', { class: 'carousel', tabindex: '0', role: 'group' }, ...contents.contents.map(bubble));
}
