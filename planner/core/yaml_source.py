"""YAML -> plain values. The schema, not YAML, decides what a scalar is: here it is text, in quotes or not."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, NamedTuple

from planner.core.problem import InputError, Location, Problem, quoted, visible
from planner.core.secret import is_secret
from planner.core.text import MAX_PROBLEMS, Plain, Quoted, Source, check_characters, read

if TYPE_CHECKING:
    import os
    from collections.abc import Callable
    from typing import TypeAlias

    import yaml

    from planner.core.text import Path

MAX_YAML_BYTES = 64 * 1024**2
MAX_DEPTH = 64  # levels of mappings and lists inside each other
MAX_ALIASED = 1_000_000  # values that aliases may add to those that are written

_NULLS = frozenset(["", "~", "null", "Null", "NULL"])
_YAML_LINE_END = re.compile("\r\n|[\n\r\x85\u2028\u2029]")  # what YAML 1.1 counts as the end of a line


class YamlSource(Source):
    """A YAML file. `value` is made of dict (keys: str), list, Plain, Quoted and None (null, ~ or nothing)."""

    line_end = _YAML_LINE_END

    root: _Entry

    def locate(self, path: Path, key: bool = False) -> Location:
        found = self.root
        for step in path:
            children: Any = found[2].children if found[2] else ()
            if isinstance(children, dict):
                entry = children.get(step)
            else:
                entry = children[step] if isinstance(step, int) and 0 <= step < len(children) else None
            if entry is None:
                break
            found = entry
        mark = found[0] if key and found[0] else found[1]
        return Location(self.name, mark.line + 1, mark.column + 1)


def read_yaml(path: str | os.PathLike[str]) -> YamlSource:
    """Read a YAML file, or standard input for `-`; InputError for what parse_yaml or the disk refuses."""
    return parse_yaml(*read(path, MAX_YAML_BYTES))


def parse_yaml(text: str, name: str) -> YamlSource:
    """Read YAML text; `name` is what it is called in messages.

    raises : InputError for what is no YAML, and for what is refused: duplicate keys, keys that are no text,
             tags, several documents, no value at all, aliases that refer to themselves or expand beyond
             MAX_ALIASED values, more than MAX_DEPTH levels; for keys of secrets, and then for nothing else, so that
             no message can repeat one
    """
    source = YamlSource(name, text.removeprefix("\ufeff"))
    check_characters(source)
    source.value, source.root = _Builder(source).build()
    return source


class _Node:
    """A mapping or a list, while it is read and after: its value, and the place and node of each child."""

    __slots__ = ("children", "height", "key", "mark", "merged", "open", "size", "value")

    def __init__(self, mapping: bool, mark: Any) -> None:
        self.value: Any = {} if mapping else []
        self.children: Any = {} if mapping else []  # of _Entry: by key, or in order
        self.mark = mark
        self.key: tuple[Any, Any] | None = None  # of a mapping, between key and value: (key, mark)
        self.merged: _Node | None = None  # what `<<` brings: a mapping or a list of mappings
        self.open = True
        self.size = 1  # values inside, with all that aliases bring
        self.height = 1  # levels inside, likewise


if TYPE_CHECKING:
    # mark of the key, mark of the value, the node if the value is one
    _Entry: TypeAlias = tuple[Any, Any, _Node | None]

_MERGE = object()  # the key `<<`
_REFUSED = object()  # a key that cannot be one


class _Builder:
    """Builds values from the parser's events; not from its nodes, which it makes by unbounded recursion."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.problems: list[Problem] = []
        self.secrets: list[Problem] = []
        self.anchors: dict[str, tuple[Any, _Node | None]] = {}
        self.stack: list[_Node] = []
        self.root: _Entry | None = None
        self.value: Any = None
        self.written = 0

    def build(self) -> tuple[Any, _Entry]:
        """The value of the document and the entry of its root."""
        import yaml

        loader: Any = getattr(yaml, "CLoader", yaml.Loader)(self.source.text)
        try:
            self._take_all(loader.get_event)
        except yaml.YAMLError as error:
            self.problems.append(_yaml_problem(self.source, error))
        finally:
            loader.dispose()
        if not (self.problems or self.secrets) and (self.root is None or self.value is None):
            remedy = "write its keys, or name another file"
            self.problems.append(self.source.problem(1, 1, "the file holds no values", remedy))
        if self.problems or self.secrets or self.root is None:
            raise self._refusal()
        return self.value, self.root

    def _take_all(self, next_event: Callable[[], Any]) -> None:
        from yaml import AliasEvent, DocumentStartEvent, MappingStartEvent, ScalarEvent, SequenceStartEvent
        from yaml import CollectionEndEvent as End

        documents = 0
        while (event := next_event()) is not None:
            kind = type(event)
            if kind is ScalarEvent:
                self._scalar(event)
            elif kind is MappingStartEvent or kind is SequenceStartEvent:
                self._begin(event, kind is MappingStartEvent)
            elif kind is AliasEvent:
                self._alias(event.anchor, event.start_mark)
            elif issubclass(kind, End):
                self._end()
            elif kind is DocumentStartEvent:
                documents += 1
                if documents > 1:
                    self._report(event.start_mark, "a second document starts here", "keep one document per file")
                    return
            if self.stack and self.stack[-1].size > MAX_ALIASED + self.written:
                message = f"aliases make the file more than {MAX_ALIASED} values long"
                self._report(event.start_mark, message, "repeat less: an alias of aliases multiplies")
                return

    def _scalar(self, event: Any) -> None:
        text, mark, plain = event.value, event.start_mark, not event.style
        value = (None if text in _NULLS else Plain(text)) if plain else Quoted(text)
        if event.tag is not None or event.anchor is not None:
            self._properties(event, value, None)
        self.written += 1
        parent = self.stack[-1] if self.stack else None
        if parent is not None and type(parent.value) is dict and parent.key is None:
            if plain and text == "<<":
                self._key(parent, _MERGE, mark)
            elif plain and not text:
                self._report(mark, "a key is missing before ':'", "write 'key: value'")
                parent.key = (_REFUSED, mark)
            else:
                self._key(parent, text, mark)
        else:
            self._add(value, mark, None)

    def _begin(self, event: Any, mapping: bool) -> None:
        node = _Node(mapping, event.start_mark)
        if event.tag is not None or event.anchor is not None:
            self._properties(event, node.value, node)
        self.written += 1
        self.stack.append(node)
        self._check_depth(node.mark, 0)

    def _end(self) -> None:
        node = self.stack.pop()
        node.open = False
        if node.merged is not None:
            _merge(node, node.merged)
        self._add(node.value, node.mark, node)

    def _alias(self, anchor: str, mark: Any) -> None:
        value, node = self.anchors.get(anchor, (_REFUSED, None))
        if value is _REFUSED:
            self._report(mark, f"there is no anchor {quoted('&' + anchor)} above this alias", self._known_anchors())
            value = None
        elif node is not None and node.open:
            self._report(mark, f"the alias {quoted('*' + anchor)} is inside what it stands for", "write the values out")
            value, node = None, None
        elif node is not None:
            self._check_depth(mark, node.height)
        parent = self.stack[-1] if self.stack else None
        if parent is not None and type(parent.value) is dict and parent.key is None and isinstance(value, str):
            self._key(parent, str(value), mark)
        else:
            self._add(value, mark, node)

    def _key(self, parent: _Node, key: Any, mark: Any) -> None:
        first = parent.children.get(key)
        if first is not None:
            shown = quoted("<<" if key is _MERGE else key)
            remedy = "write one '<<' with a list: <<: [*a, *b]" if key is _MERGE else "keep one of the two"
            self._report(mark, f"key {shown} is already there, on line {first[0].line + 1}", remedy)
            key = _REFUSED
        elif isinstance(key, str) and is_secret(key) and len(self.secrets) < MAX_PROBLEMS:
            self.secrets.append(self.source.secret(mark.line + 1, mark.column + 1, key))
        parent.key = (key, mark)

    def _add(self, value: Any, mark: Any, node: _Node | None) -> None:
        if not self.stack:
            self.value, self.root = value, (None, mark, node)
            return
        parent = self.stack[-1]
        parent.size += node.size if node else 1
        if node is not None and node.height >= parent.height:
            parent.height = node.height + 1
        if type(parent.value) is list:
            parent.value.append(value)
            parent.children.append((None, mark, node))
        elif parent.key is None:
            self._report(mark, "a key must be text, not a mapping or a list", "write a short text before the ':'")
            parent.key = (_REFUSED, mark)
        else:
            key, key_mark = parent.key
            parent.key = None
            if key is _MERGE:
                parent.merged = self._mergeable(node, mark)
            if key is not _REFUSED:
                parent.children[key] = (key_mark, mark, node)
            if type(key) is str:
                parent.value[key] = value

    def _mergeable(self, node: _Node | None, mark: Any) -> _Node | None:
        single = node is not None and type(node.value) is dict
        several = node is not None and not single and all(type(value) is dict for value in node.value)
        if single or several:
            return node
        self._report(mark, "'<<' takes a mapping, or a list of mappings", "write <<: *name of an anchored mapping")
        return None

    def _properties(self, event: Any, value: Any, node: _Node | None) -> None:
        """Refuse a tag; remember an anchor."""
        if event.tag is not None:
            tag = event.tag.replace("tag:yaml.org,2002:", "!!")
            self._report(event.start_mark, f"tags such as {quoted(tag)} are not allowed", _TAG_REMEDY)
        if event.anchor is not None:
            if event.anchor in self.anchors:
                remedy = "give one of the two another name"
                self._report(event.start_mark, f"the anchor {quoted('&' + event.anchor)} is already there", remedy)
            self.anchors[event.anchor] = (value, node)

    def _known_anchors(self) -> str:
        known = ", ".join(f"&{visible(anchor)}" for anchor in list(self.anchors)[:10])
        return f"anchors above it: {known}" if known else "write '&name' before the value that it stands for"

    def _check_depth(self, mark: Any, height: int) -> None:
        if len(self.stack) + height > MAX_DEPTH:
            self._report(mark, f"more than {MAX_DEPTH} levels of mappings and lists", "nest less deeply")
            raise self._refusal()

    def _report(self, mark: Any, message: str, remedy: str) -> None:
        self.problems.append(self.source.problem(mark.line + 1, mark.column + 1, message, remedy))
        if len(self.problems) == MAX_PROBLEMS:
            raise self._refusal()

    def _refusal(self) -> InputError:
        return InputError(self.secrets or self.problems)


def _merge(node: _Node, merged: _Node) -> None:
    """Add what `<<` brings: keys that are written win, then earlier mappings of a list."""
    del node.children[_MERGE]
    for source in [merged] if type(merged.value) is dict else [entry[2] for entry in merged.children]:
        for key, value in source.value.items():
            if key not in node.value:
                node.value[key] = value
                node.children[key] = source.children[key]


class _YamlError(NamedTuple):
    """What one of the parser's complaints means to someone who writes a plan."""

    said: str  # a pattern; libyaml and PyYAML word the same complaint differently
    message: str
    remedy: str
    at_beginning: bool = False  # show where the construct begins, not where the parser gave up


_TAG_REMEDY = "take the tag away: the key decides what the value is"
_TAB = _YamlError("tab character", "a tab is used as indentation", "indent with spaces")
_YAML_ERRORS = [
    _TAB,
    _YamlError(
        "cannot start any token", "a value without quotes cannot begin with this character", "put the value in quotes"
    ),
    _YamlError("mapping values are not allowed", "a second ': ' on one line", "put a text that has a colon in quotes"),
    _YamlError(
        "sequence entries are not allowed", "a list cannot begin here", "begin it on a new line, or write [a, b]"
    ),
    _YamlError(
        "could not find expected ':'", "this line is no 'key: value'", "write a colon and a space after the key", True
    ),
    _YamlError(
        "expected key|expected <block end>|expected '-' indicator",
        "the indentation does not fit the lines above",
        "line up the keys of a mapping, and the '-' of a list",
    ),
    _YamlError(r"expected ',' or '?\]", "this list is not closed, or lacks a comma", "write [a, b]", True),
    _YamlError("expected ',' or '?}", "this mapping is not closed, or lacks a comma", "write {a: 1, b: 2}", True),
    _YamlError(
        "unexpected (end of stream|document)",
        "the quote that opens here is not closed",
        "write the closing quote",
        True,
    ),
    _YamlError("escape character", "an unknown escape after a backslash", "write the text in single quotes"),
    _YamlError("expected (the )?node content", "a value cannot begin with this character", "put the value in quotes"),
    _YamlError("expected '?<document start>", "this does not continue what is above", "look at the indentation above"),
    _YamlError("undefined tag handle", "tags are not allowed", _TAG_REMEDY),
]
_NO_SPACE = re.compile(r"\s*(?:- )*[A-Za-z_][\w.-]*:(?=[^\s:/])")


def _yaml_problem(source: Source, error: yaml.YAMLError) -> Problem:
    """The parser's complaint in our words."""
    said = str(getattr(error, "problem", None) or error)
    mark: Any = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    if mark is None:
        return source.problem(1, 1, f"this is not valid YAML: {said}", "save the file again as plain text")
    number, text = mark.line + 1, source.line(mark.line + 1)
    indentation = text[: len(text) - len(text.lstrip(" \t"))]
    if "\t" in indentation and mark.column <= len(indentation):
        return source.problem(number, indentation.index("\t") + 1, _TAB.message, _TAB.remedy)
    if re.search("mapping values are not allowed|could not find expected ':'", said):
        above = number - 1
        while above > 0 and re.fullmatch(r"\s*(#.*)?", source.line(above)):
            above -= 1
        before = source.line(above) if above else ""
        for line, content in ((number, text), (above, before)):
            if match := _NO_SPACE.match(content):
                return source.problem(line, match.end() + 1, "a space is missing after ':'", "write 'key: value'")
        if text.find(":") == mark.column and len(indentation) > len(before) - len(before.lstrip()):
            message = "this line is indented deeper than the one above, which has a value already"
            return source.problem(number, len(indentation) + 1, message, "line it up with the keys above")
    if number >= len(source.line_starts) and not text[mark.column :].strip() and "node content" in said:
        message = "the file ends where a value is expected"
        return source.problem(number, mark.column + 1, message, "write the value, or close the bracket")
    for known in _YAML_ERRORS:
        if re.search(known.said, said):
            mark = (getattr(error, "context_mark", None) if known.at_beginning else None) or mark
            return source.problem(mark.line + 1, mark.column + 1, known.message, known.remedy)
    remedy = "check quotes, brackets and indentation around here"
    return source.problem(number, mark.column + 1, f"this is not valid YAML: {said}", remedy)
