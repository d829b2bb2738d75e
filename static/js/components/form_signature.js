// @ts-check
/** A signature by finger, pen or mouse: strokes become a picture in the form's own file box. */

const INK = 4; // pixels of the picture
const SHORTEST = 12; // pixels; less is a slip of the finger

/** @param {HTMLCanvasElement} canvas @returns {Promise<Blob | null>} */
const picture = (canvas) => new Promise((resolve) => { canvas.toBlob(resolve, 'image/png'); });

/** @param {HTMLElement} root */
export function start(root) {
  const pad = /** @type {HTMLElement | null} */ (root.querySelector('[data-ref="pad"]'));
  if (!pad) return; // there is one already
  const canvas = /** @type {HTMLCanvasElement} */ (root.querySelector('[data-ref="canvas"]'));
  const input = /** @type {HTMLInputElement} */ (root.querySelector('[data-ref="file"]'));
  const line = /** @type {HTMLElement} */ (root.querySelector('[data-ref="said"]'));
  const clear = /** @type {HTMLElement} */ (root.querySelector('[data-ref="clear"]'));
  const pen = /** @type {CanvasRenderingContext2D} */ (canvas.getContext('2d'));
  let length = 0;
  /** @type {{x: number, y: number} | null} */
  let last = null;

  /** @param {PointerEvent} event */
  function at(event) {
    const { left, top, width, height } = canvas.getBoundingClientRect();
    return { x: ((event.clientX - left) / width) * canvas.width, y: ((event.clientY - top) / height) * canvas.height };
  }

  function wipe() {
    length = 0;
    pen.fillStyle = 'white';
    pen.fillRect(0, 0, canvas.width, canvas.height);
    Object.assign(pen, { lineWidth: INK, lineCap: 'round', lineJoin: 'round', strokeStyle: 'black' });
  }

  /** The picture goes into the file box; nothing drawn, nothing there. */
  async function keep() {
    const made = new DataTransfer();
    const blob = length >= SHORTEST ? await picture(canvas) : null;
    if (blob) made.items.add(new File([blob], 'signature.png', { type: 'image/png' }));
    input.files = made.files;
    line.textContent = String(blob ? root.dataset.signed : root.dataset.empty);
  }

  canvas.addEventListener('pointerdown', (event) => {
    canvas.setPointerCapture(event.pointerId);
    last = at(event);
  });
  canvas.addEventListener('pointermove', (event) => {
    if (!last) return;
    const here = at(event);
    pen.beginPath();
    pen.moveTo(last.x, last.y);
    pen.lineTo(here.x, here.y);
    pen.stroke();
    length += Math.hypot(here.x - last.x, here.y - last.y);
    last = here;
  });
  for (const end of ['pointerup', 'pointercancel']) {
    canvas.addEventListener(end, () => {
      if (last) keep();
      last = null;
    });
  }
  clear.addEventListener('click', () => {
    wipe();
    keep();
  });
  // A photo chosen instead is the signature; what was drawn is over.
  input.addEventListener('change', () => {
    if (input.files?.length) wipe();
    line.textContent = String(input.files?.length ? root.dataset.signed : root.dataset.empty);
  });
  wipe();
  pad.hidden = false;
}
