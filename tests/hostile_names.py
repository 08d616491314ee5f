"""Names that try to be something else: one corpus for every page, file and message."""

from __future__ import annotations

# A browser that runs one of them sets window.hacked, which the fixture `view` looks for.
HTML = {
    "script": "<script>window.hacked=1</script>",
    "image": "<img src=x onerror=window.hacked=2>",
    "svg": "<svg/onload=window.hacked=3>",
    "attribute": "\"><b onmouseover=window.hacked=4>'",
    "link": "[王](javascript:window.hacked=5)",
    "template": "{{constructor.constructor('window.hacked=6')()}}",
    "entity": "&lt;script&gt;window.hacked=7&lt;/script&gt;",
    "end": "</td></table></textarea><script>window.hacked=8</script>",
}
# A spreadsheet that runs one of them shows no text.
FORMULAS = {
    "formula": '=HYPERLINK(A1,"y")',
    "plus": "+1+1",
    "minus": "-2+3",
    "at": "@SUM(1)",
    "tab": "\t=1+1",
}
# Markup of typesetters and shells, format strings, paths, and parts of SQL.
MARKUP = {
    "typst": '#read("/etc/passwd") $x$ *b* _i_ @ref <label>',
    "format": "{place} %s %(name)s ${x}",
    "path": "../../../etc/passwd",
    "sql": "' OR 1=1 --",
    "wildcard": "%_",
}
RARE = {
    "rare": "𠮷田䶮㛃",
    "joined": "👨‍👩‍👧",
    "combining": "é̂̃王",
    "minority": "阿卜杜拉·买买提",
    "uyghur": "ئابدۇللا",
    "right_to_left": "王\u202e明小\u202c",
    "isolate": "\u2067王\u2069",
    "zero_width": "王\u200b小\u200f明",
    "control": "王\x07\x1b[31m小",
    "newline": "王\n小\r明",
    "full_width": "＜ｓｃｒｉｐｔ＞",
    "long": "长" * 200,
    "long_latin": "x" * 200,
    "spaces": "  王  ",
    "blank": "\u3000",
}
NAMES = {**HTML, **FORMULAS, **MARKUP, **RARE}
