// @ts-check
/** Black boxes drawn on a photo with finger, mouse or keys; the form's fields hold them, as they do without script. */

import { between, carried, nudged, read } from '../lib/report_boxes.js';

const SIDES = /** @type {const} */ (['left', 'top', 'width', 'height']);

/** @typedef {import('../lib/report_boxes.js').Box & {proposed?: boolean}} Shown a proposal is drawn so that one sees through */

/** @param {HTMLElement} root */
export function start(root) {
  const words = root.dataset;
  /** The element; the template vouches for its kind. @param {string} name @returns {any} */
  const ref = (name) => root.querySelector(`[data-ref="${name}"]`);
  const picture = /** @type {HTMLElement} */ (ref('picture'));
  const rows = /** @type {HTMLElement[]} */ (Array.from(root.querySelectorAll('[data-ref="row"]')));
  /** @type {Shown[]} */
  let boxes = [];
  let chosen = -1; // the box that was touched last, -1 for none
  /** @type {{at: number, x: number, y: number, box: Shown} | null} */
  let held = null;
  /** @type {{x: number, y: number} | null} */
  let from = null;

  /** @param {HTMLElement} row @returns {HTMLInputElement[]} */
  const fields = (row) => SIDES.map((side) => /** @type {HTMLInputElement} */ (row.querySelector(`[data-side="${side}"]`)));

  /** @param {HTMLElement} node @param {import('../lib/report_boxes.js').Box} box */
  function put(node, box) {
    SIDES.forEach((side) => { node.style[side] = `${box[side]}%`; });
  }

  function write() {
    rows.forEach((row, at) => fields(row).forEach((field, n) => {
      field.value = at < boxes.length ? boxes[at][SIDES[n]].toFixed(3) : '';
    }));
  }

  /** @param {number} focus the box that keeps the focus, -1 for none */
  function draw(focus) {
    picture.querySelectorAll('[data-ref="box"]').forEach((one) => one.remove());
    boxes.forEach((box, at) => {
      const node = document.createElement('button');
      node.type = 'button';
      node.className = 'mask-box';
      node.dataset.ref = 'box';
      node.toggleAttribute('data-proposed', Boolean(box.proposed));
      node.setAttribute('aria-label', String(words.msgBox).replace('{n}', String(at + 1)));
      put(node, box);
      node.addEventListener('keydown', (event) => move(event, at));
      node.addEventListener('focus', () => choose(at));
      picture.append(node);
    });
    choose(-1);
    nodes()[focus]?.focus();
    write();
    ref('count').textContent = String(words.msgCount).replace('{n}', String(boxes.length));
    ref('undo').disabled = boxes.length === 0;
    ref('add').disabled = boxes.length >= rows.length;
  }

  /** @returns {HTMLElement[]} */
  const nodes = () => Array.from(picture.querySelectorAll('[data-ref="box"]'));

  /** @param {number} at */
  function choose(at) {
    chosen = at;
    nodes().forEach((node, n) => node.toggleAttribute('data-chosen', n === at));
    ref('remove').disabled = at < 0;
  }

  /** @param {number} at the box that goes; the one before it keeps the focus */
  function remove(at) {
    boxes = boxes.filter((_box, n) => n !== at);
    draw(Math.min(at, boxes.length - 1));
  }

  /** @param {KeyboardEvent} event @param {number} at */
  function move(event, at) {
    if (event.key === 'Delete' || event.key === 'Backspace') {
      event.preventDefault();
      remove(at);
    } else if (event.key.startsWith('Arrow')) {
      event.preventDefault();
      boxes[at] = nudged(boxes[at], event.key, event.shiftKey);
      put(/** @type {HTMLElement} */ (event.currentTarget), boxes[at]);
      write();
    }
  }

  /** @param {PointerEvent} event */
  function spot(event) {
    const frame = picture.getBoundingClientRect();
    return { x: ((event.clientX - frame.left) / frame.width) * 100, y: ((event.clientY - frame.top) / frame.height) * 100 };
  }

  picture.addEventListener('pointerdown', (event) => {
    const at = nodes().indexOf(/** @type {HTMLElement} */ (event.target));
    if (event.button !== 0 || (at < 0 && boxes.length >= rows.length)) return;
    event.preventDefault(); // neither the picture is dragged, nor a word selected
    picture.setPointerCapture(event.pointerId);
    if (at < 0) {
      from = spot(event);
    } else {
      nodes()[at].focus();
      held = { at, ...spot(event), box: boxes[at] };
    }
  });
  picture.addEventListener('pointermove', (event) => {
    if (held) {
      const to = spot(event);
      boxes[held.at] = carried(held.box, to.x - held.x, to.y - held.y);
      put(nodes()[held.at], boxes[held.at]);
    }
    const box = from && between(from, spot(event));
    ref('ghost').hidden = !box;
    if (box) put(ref('ghost'), box);
  });
  picture.addEventListener('pointerup', (event) => {
    if (held) write();
    held = null;
    const box = from && between(from, spot(event));
    from = null;
    ref('ghost').hidden = true;
    if (!box) return;
    boxes.push(box);
    draw(-1);
  });
  picture.addEventListener('pointercancel', () => {
    if (held) write();
    from = held = null;
    ref('ghost').hidden = true;
  });
  ref('undo').addEventListener('click', () => {
    boxes.pop();
    draw(-1);
  });
  ref('remove').addEventListener('click', () => remove(chosen));
  ref('add').addEventListener('click', () => {
    boxes.push({ left: 40, top: 40, width: 20, height: 20 });
    draw(boxes.length - 1);
  });
  rows.forEach((row) => row.addEventListener('change', () => {
    boxes = rows.flatMap((one) => read(fields(one).map((field) => field.value)) || []);
    boxes.forEach((box, at) => {
      const node = nodes()[at];
      if (node) put(node, box);
    });
  }));
  boxes = rows.flatMap((row) => {
    const box = read(fields(row).map((field) => field.value));
    return box ? { ...box, proposed: 'proposed' in row.dataset } : [];
  });
  draw(-1);
}
