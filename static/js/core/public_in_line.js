// @ts-check
/** Runs on pages inside LINE that need no sign-in. */

import { putAway } from './liff_tokens.js';

putAway();
