"""From the text of an expression to its tree.

    or < and < = != < < <= > >= < + - < * div mod < minus

The grammar is XPath 1.0's for expressions, without paths, with XLSForm's `${name}`. Of paths there
are two: `position(..)` and `instance('list')/root/item[name = ${question}]/column`.
"""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from liff_app.procedures.engine.expressions.days import bad_format
from liff_app.procedures.engine.expressions.functions import FUNCTIONS
from liff_app.procedures.engine.expressions.patterns import check
from liff_app.procedures.engine.expressions.tokens import (
    ExpressionInvalid,
    Sort,
    Token,
    tokens,
)
from liff_app.procedures.engine.expressions.tree import (
    Call,
    Chain,
    ChosenColumn,
    ChosenLabel,
    Column,
    Constant,
    Matches,
    Minus,
    Node,
    Own,
    Position,
    Reference,
)

MAX_DEPTH = 32  # brackets within brackets
_LEVELS = (
    frozenset({"or"}),
    frozenset({"and"}),
    frozenset({"=", "!="}),
    frozenset({"<", "<=", ">", ">="}),
    frozenset({"+", "-"}),
    frozenset({"*", "div", "mod"}),
)
_PATHS = frozenset({"/", "//", "[", "]", "@", "|", "::", ".."})


def parse_tree(source: str) -> Node:
    """The tree of the whole text. Raises ExpressionInvalid."""
    if not source.strip(" \t\r\n"):
        raise ExpressionInvalid("empty", 0)
    parser = _Parser(tokens(source))
    tree = parser.expression()
    parser.end()
    return tree


class _Parser:
    """Reads words from left to right; `now` is the one it stands at."""

    def __init__(self, words: Iterable[Token]) -> None:
        self._words = iter(words)
        self._depth = 0
        self.now = next(self._words)

    def _take(self) -> Token:
        taken = self.now
        self.now = next(self._words, taken)
        return taken

    def _at(self, sort: Sort) -> bool:
        return self.now.sort is sort

    def _is(self, *symbols: str) -> bool:
        return self.now.sort is Sort.SYMBOL and self.now.text in symbols

    def _expect(self, symbol: str, opened: Token) -> None:
        """Take that symbol. Raises ExpressionInvalid if something else stands there."""
        if self.now.sort is Sort.END and symbol == ")":
            raise ExpressionInvalid("unclosed", opened.position, opened.text)
        if not self._is(symbol):
            raise self.surprise()
        self._take()

    def end(self) -> None:
        """Raises ExpressionInvalid unless the last word was read."""
        if not self._at(Sort.END):
            raise self.surprise()

    def surprise(self) -> ExpressionInvalid:
        """Why the word that stands here cannot."""
        word = self.now
        if word.sort is Sort.END:
            return ExpressionInvalid("incomplete", word.position)
        if word.sort is Sort.SYMBOL and word.text in _PATHS:
            return ExpressionInvalid("path", word.position, word.text)
        code = "unopened" if self._is(")") else "unexpected"
        return ExpressionInvalid(code, word.position, word.text)

    def expression(self, level: int = 0) -> Node:
        """What stands here, down to operators of that level."""
        if level == len(_LEVELS):
            return self._signed()
        first = self.expression(level + 1)
        rest: list[tuple[str, Node]] = []
        while self._operator() in _LEVELS[level]:
            sign = self._take().text
            rest.append((sign, self.expression(level + 1)))
        return Chain(first, tuple(rest)) if rest else first

    def _operator(self) -> str:
        return self.now.text if self.now.sort in {Sort.SYMBOL, Sort.NAME} else ""

    def _signed(self) -> Node:
        signs = 0
        while self._is("-"):
            self._take()
            signs += 1
        operand = self._operand()
        for _ in range(min(signs, 2 - signs % 2)):  # a minus twice makes a number of a text
            operand = Minus(operand)
        return operand

    def _operand(self) -> Node:
        word = self.now
        if word.sort is Sort.NAME:
            return self._named()
        if word.sort is Sort.REFERENCE:
            return self._reference()
        if word.sort is Sort.NUMBER:
            number = Decimal(self._take().text)
            return Constant(int(number) if number == number.to_integral_value() else number)
        if word.sort is Sort.TEXT:
            return Constant(self._text())
        if self._is("."):
            self._take()
            return Own()
        if self._is("("):
            return self._bracket()
        raise self.surprise()

    def _bracket(self) -> Node:
        opened = self._take()
        self._deeper(opened)
        inside = self.expression()
        self._expect(")", opened)
        self._depth -= 1
        return inside

    def _deeper(self, opened: Token) -> None:
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise ExpressionInvalid("too_deep", opened.position)

    def _reference(self) -> Reference:
        word = self._take()
        return Reference(word.text, word.position)

    def _text(self) -> str:
        word = self._take()
        if "${" in word.text:
            raise ExpressionInvalid("reference_in_text", word.position, word.text)
        return word.text

    # --- calls -----------------------------------------------------------------------------------

    def _named(self) -> Node:
        """A function with its arguments; without brackets a column."""
        name = self._take()
        if not self._is("("):
            return Column(name.text, name.position)
        if name.text not in FUNCTIONS:
            raise ExpressionInvalid("function", name.position, name.text)
        self._deeper(self._take())
        node = self._call(name)
        self._depth -= 1
        return node

    def _call(self, name: Token) -> Node:
        match name.text:
            case "position":
                return self._position(name)
            case "instance":
                return self._instance(name)
            case "jr:choice-name":
                return self._choice_name(name)
            case "machimado:choice":
                return self._choice(name)
            case "regex":
                return self._regex(name)
            case _:
                return self._plain_call(name)

    def _plain_call(self, name: Token) -> Node:
        arguments: list[Node] = []
        if not self._is(")"):
            arguments.append(self.expression())
            while self._is(","):
                self._take()
                arguments.append(self.expression())
        self._expect(")", name)
        if not FUNCTIONS[name.text].allows(len(arguments)):
            raise ExpressionInvalid("arity", name.position, name.text)
        pattern = arguments[1] if name.text == "format-date" else None
        if isinstance(pattern, Constant) and (bad := bad_format(str(pattern.value))) is not None:
            raise ExpressionInvalid("format", name.position, bad)
        if name.text == "machimado:age" and len(arguments) == 1:
            arguments.append(Call("today", (), name.position))
        return Call(name.text, tuple(arguments), name.position)

    def _position(self, name: Token) -> Node:
        if not self._is(".."):
            raise ExpressionInvalid("argument", self.now.position, name.text)
        self._take()
        self._expect(")", name)
        return Position(name.position)

    def _comma(self, name: Token) -> None:
        """Take the comma before a second argument. Raises ExpressionInvalid if there is none."""
        if self._is(")"):
            raise ExpressionInvalid("arity", name.position, name.text)
        self._expect(",", name)

    def _regex(self, name: Token) -> Node:
        value = self.expression()
        self._comma(name)
        pattern = self._take()
        if pattern.sort is not Sort.TEXT:
            raise ExpressionInvalid("regex_not_fixed", pattern.position, pattern.text)
        check(pattern.text, pattern.position)
        self._expect(")", name)
        return Matches(value, pattern.text)

    def _choice_name(self, name: Token) -> Node:
        value = self.expression()
        self._comma(name)
        quoted = self._take()
        inner = list(tokens(quoted.text)) if quoted.sort is Sort.TEXT else []
        if [one.sort for one in inner] != [Sort.REFERENCE, Sort.END]:
            raise ExpressionInvalid("argument", quoted.position, name.text)
        self._expect(")", name)
        return ChosenLabel(value, Reference(inner[0].text, quoted.position))

    def _choice(self, name: Token) -> Node:
        question = self.now
        if question.sort is not Sort.REFERENCE:
            raise ExpressionInvalid("argument", question.position, name.text)
        reference = self._reference()
        self._comma(name)
        if not self._at(Sort.TEXT):
            raise ExpressionInvalid("argument", self.now.position, name.text)
        column = self._text()
        self._expect(")", name)
        return ChosenColumn(reference, column, None)

    def _instance(self, name: Token) -> Node:
        """`instance('list')/root/item[name = ${question}]/column`: ODK's way to a column."""
        if not self._at(Sort.TEXT):
            raise ExpressionInvalid("argument", self.now.position, name.text)
        list_name = self._text()
        self._expect(")", name)
        for word in ("/", "root", "/", "item", "[", "name", "="):
            self._exactly(word)
        if not self._at(Sort.REFERENCE):
            raise ExpressionInvalid("argument", self.now.position, name.text)
        reference = self._reference()
        self._exactly("]")
        self._exactly("/")
        if not self._at(Sort.NAME):
            raise self.surprise()
        return ChosenColumn(reference, self._take().text, list_name)

    def _exactly(self, text: str) -> None:
        if self.now.text != text or self.now.sort not in {Sort.SYMBOL, Sort.NAME}:
            raise ExpressionInvalid("path", self.now.position, self.now.text)
        self._take()
