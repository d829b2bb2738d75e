// @ts-check
/** A long list gets a field above it: what is typed there leaves the answers that hold it. */

/** As comparing goes: width, case and kana aside. @param {string} text */
const folded = (text) => text.normalize('NFKC').toLowerCase()
  .replace(/[\u30a1-\u30f6]/g, (one) => String.fromCharCode(one.charCodeAt(0) - 0x60));

/** @param {HTMLElement} root */
export function start(root) {
  const select = /** @type {HTMLSelectElement} */ (root.querySelector('select'));
  const all = Array.from(select.options);
  const aside = Object.assign(document.createElement('select'), { hidden: true }); // those that do not fit, still on the page
  const box = document.createElement('label');
  const field = Object.assign(document.createElement('input'), { type: 'search', className: 'field-input', autocomplete: 'off' });
  const line = Object.assign(document.createElement('p'), { className: 'form-said' });
  line.setAttribute('role', 'status');
  field.dataset.width = 'medium';
  box.className = 'form-row';
  box.append(document.createTextNode(String(root.dataset.label)), field);

  field.addEventListener('input', () => {
    const wanted = folded(field.value.trim());
    const chosen = select.selectedOptions[0];
    const fit = all.filter((one) => one.value && !one.disabled && folded(one.text).includes(wanted));
    const left = all.filter((one) => !one.value || one === chosen || fit.includes(one));
    aside.append(...all.filter((one) => !left.includes(one)));
    select.replaceChildren(...left); // hidden options still show on iOS
    if (chosen) chosen.selected = true;
    line.textContent = fit.length ? '' : String(root.dataset.none);
  });
  // Enter narrows the list; it must not send the page.
  field.addEventListener('keydown', (event) => { if (event.key === 'Enter') event.preventDefault(); });
  select.before(box, line);
  select.after(aside);
}
