"""The verifier as one file: the modules that verify, one after another, and a main program below them.

What verifies a bundle anywhere is thereby the very code that verifies it here.
"""

import ast
from functools import cache
from importlib.resources import files

MODULES = (
    "leaf_form",
    "merkle",
    "nodes",
    "proofs",
    "multiproof",
    "streams_map",
    "ed25519",
    "notes",
    "checkpoints",
    "chain",
    "seals",
    "archive",
    "bundle",
    "languages",
    "telling",
    "program",
)
"""In the order in which they build on each other."""

_OURS = "casesys."
_HEAD = '''#!/usr/bin/env python3
"""Verifies a bundle of casesys: python3 verify.py BUNDLE [--key KEY] [--checkpoint FILE]; with --help it says what else it can do.

It needs Python 3.11 and nothing else. It reads the files it is given, asks no network and writes nothing but the proofs it is asked
for. Below stand the modules of casesys that verify, as they are.
"""

import sys

if sys.version_info < (3, 11):
    sys.stderr.write("verify.py needs Python 3.11 or newer: nothing follows for the bundle\\n")
    sys.exit(2)

'''


@cache
def verifier() -> str:
    """Give the verifier as the text of one Python file."""
    imports: dict[str, None] = {}
    bodies = []
    for name in MODULES:
        source = (files("casesys.evidence") / f"{name}.py").read_text(encoding="utf-8")
        found, body = _parted(source)
        imports.update(dict.fromkeys(found))
        bodies.append(f"# {'-' * 4} {name} {'-' * (126 - len(name))}\n\n\n{body}")
    return "\n".join([_HEAD, *sorted(imports), "\n", *bodies])


def _parted(source: str) -> tuple[list[str], str]:
    """Part a module into its imports of other packages, each as one line, and what stands below all its imports."""
    tree = ast.parse(source)
    imports = [node for node in tree.body if isinstance(node, ast.Import | ast.ImportFrom)]
    others = [
        ast.unparse(node) for node in imports if not getattr(node, "module", "").startswith(_OURS)
    ]
    below = imports[-1].end_lineno if imports else 0
    return others, "\n".join(source.splitlines()[below:]).strip("\n") + "\n"
