// @ts-check
/** The inbox's side of its map: pins go into the sandboxed frame, and it says where somebody moved it. */

import { areaOf, extentOf } from '../lib/report_inbox.js';

/**
 * @typedef {import('../lib/report_inbox.js').Area} Area
 * @typedef {{lats: number[], lons: number[], ids?: number[], counts?: number[]}} Points
 */

/**
 * @param {HTMLIFrameElement} frame
 * @param {{moved: (area: Area) => void, asked: (id: string) => void, open: (id: string) => void,
 *   tilesFailed: () => void}} heard
 */
export function inboxMap(frame, heard) {
  /** @type {{isDrawn: boolean, points: Points | null, isFitted: boolean}} */
  const held = { isDrawn: false, points: null, isFitted: false };

  /** The frame has no origin, so none can be named; what is sent stands on this page anyway. @param {object} message */
  const tell = (message) => frame.contentWindow && frame.contentWindow.postMessage(message, '*');

  function draw() {
    if (!held.isDrawn || !held.points) return;
    if (!held.isFitted) {
      const area = areaOf(window.location.search) || extentOf(held.points.lats, held.points.lons);
      if (area) tell({ kind: 'fit', area });
      held.isFitted = true;
    }
    tell({ kind: 'points', points: held.points });
  }

  window.addEventListener('message', (event) => {
    if (event.source !== frame.contentWindow) return;
    const { kind, id, area } = event.data;
    if (kind === 'ready' && !held.isDrawn) { // it says so twice: by itself, and asked
      held.isDrawn = true;
      draw();
    }
    if (kind === 'moved') heard.moved(area);
    if (kind === 'asked') heard.asked(String(id));
    if (kind === 'open') heard.open(String(id));
    if (kind === 'tiles-failed') heard.tilesFailed();
  });
  // The frame may have been ready before this module ran: it answers a question with the same word.
  tell({ kind: 'hello' });

  return {
    /** @param {Points} points */
    put(points) {
      held.points = points;
      draw();
    },
    /** @param {string} id @param {{title: string, tags: string, lines: string[]} | null} said null: nobody knows */
    say: (id, said) => tell({ kind: 'said', id, said }),
    /** @param {string} id @param {[number, number]} place latitude, longitude */
    show: (id, place) => tell({ kind: 'show', id, place }),
  };
}
