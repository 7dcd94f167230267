"""Single faults, planted one at a time: how many do the tests notice? (`make mutants`, decision 0074)

    python benchmarks/mutants.py [--sample 100] [--seed 9] [--only enrollment/records/life.py] [--all]

Prints `killed / planted` for each module and the faults that went through; exit 1 below 90 %. Works in a copy of the checkout.
"""

import argparse
import ast
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import tokenize
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from io import StringIO
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent
COPY = PROJECT / "var" / "mutants"
ENOUGH, PATIENCE = 0.9, 900
LEFT_OUT = shutil.ignore_patterns("var", ".git", ".venv", "__pycache__", ".*_cache", ".hypothesis", "mutants")
OF_REQUESTS = [
    f"tests/enrollment/test_{name}.py"
    for name in (
        "asking_for_a_change",
        "what_a_request_keeps",
        "what_changes_ask",
        "setting_reasons",
        "lives_by_request",
    )
]
TESTED_BY = {
    "common/access.py": [
        "tests/access/test_two_memberships.py", "tests/access/test_reading.py", "tests/enrollment/test_asking_for_a_change.py",
    ],
    "enrollment/records/life.py": [
        "tests/enrollment/test_every_move_of_a_life.py", "tests/enrollment/test_recording_a_change.py",
        "tests/enrollment/test_nobody_returns_to_a_revoked_center.py", "tests/reporting/test_counting_students.py",
    ],
    "enrollment/records/services/lives.py": [
        "tests/enrollment/test_recording_a_change.py", "tests/enrollment/test_changes_ahead.py",
        "tests/enrollment/test_changes_in_the_past.py", "tests/enrollment/test_lives_by_request.py",
    ],
    "enrollment/records/services/guards.py": OF_REQUESTS,
    "enrollment/requests/services/request_steps.py": [*OF_REQUESTS, "tests/enrollment/test_cases_of_many.py"],
    "enrollment/requests/services/requesting.py": [*OF_REQUESTS, "tests/enrollment/test_correcting_facts.py"],
    "enrollment/requests/services/consenting.py": OF_REQUESTS,
    "enrollment/admission/services/deciding.py": [
        "tests/enrollment/test_each_decision_has_its_own_right.py", "tests/enrollment/test_deciding_about_applications.py",
        "tests/enrollment/test_coming_by_transfer.py",
        "tests/enrollment/test_places_are_never_exceeded.py", "tests/enrollment/test_deciding_in_the_admin.py",
    ],
    "enrollment/families/facts.py": [
        "tests/reporting/test_counting_students.py", "tests/reporting/test_former_schools.py",
        "tests/reporting/test_records_behind_a_figure.py", "tests/reporting/test_flow_identity.py",
    ],
    "reporting/reports/figures.py": [
        "tests/reporting/test_counting_students.py", "tests/reporting/test_running_statistics.py",
        "tests/reporting/test_records_behind_a_figure.py",
    ],
    "exchange/importing/undoing.py": [
        "tests/exchange/test_undoing_an_import.py", "tests/exchange/test_undoing_in_reverse.py",
        "tests/exchange/test_files_of_two_people.py",
    ],
    "people/services/exporting.py": [
        "tests/people/test_limits_of_paper.py", "tests/people/test_exporting_persons.py",
        "tests/people/test_exports_in_the_admin.py",
        "tests/people/test_asking_for_two_lists_at_once.py", "tests/portal/test_printing_a_roster.py",
    ],
}  # fmt: skip
"""Module → the tests of its use cases, in the order in which they are asked."""

EDGES = {ast.Lt: "<=", ast.LtE: "<", ast.Gt: ">=", ast.GtE: ">", ast.Eq: "!=", ast.NotEq: "==", ast.In: "not in",
         ast.NotIn: "in", ast.Is: "is not", ast.IsNot: "is"}  # fmt: skip
LOOKUPS = {"lt": "lte", "lte": "lt", "gt": "gte", "gte": "gt"}
SQL_EDGES = {"<": "<=", "<=": "<", ">": ">=", ">=": ">"}
Span = tuple[int, int]


@dataclass(frozen=True)
class Fault:
    module: str
    span: Span
    text: str

    def in_source(self, source: str) -> str:
        return source[: self.span[0]] + self.text + source[self.span[1] :]

    def told(self, source: str) -> str:
        line = source.count("\n", 0, self.span[0]) + 1
        was = " ".join(source[slice(*self.span)].split())
        return f"{self.module}:{line}  {was[:60]}  →  {' '.join(self.text.split())[:60] or '(nothing)'}"


class Source:
    """The text of a module, where positions of nodes are offsets."""

    def __init__(self, text: str) -> None:
        self.text, self.tree = text, ast.parse(text)
        self.lines = text.splitlines(keepends=True)
        self.starts = [0]
        for line in self.lines:
            self.starts.append(self.starts[-1] + len(line))

    def at(self, row: int, column: int, *, of_bytes: bool = True) -> int:
        line = self.lines[row - 1]
        return self.starts[row - 1] + (len(line.encode()[:column].decode()) if of_bytes else column)

    def span(self, node: ast.AST) -> Span:
        return self.at(node.lineno, node.col_offset), self.at(node.end_lineno, node.end_col_offset)

    def of(self, node: ast.AST) -> str:
        return self.text[slice(*self.span(node))]


def faults_of(module: str) -> list[Fault]:
    """Every fault of our kinds in a module, in the order of the text; what a decorator says changes little (`frozen=True`), how
    many rows are written at a time nothing."""
    source = Source((PROJECT / module).read_text())
    decorators = [source.span(one) for node in ast.walk(source.tree) for one in getattr(node, "decorator_list", ())]
    sizes = [source.span(node) for node in ast.walk(source.tree) if getattr(node, "arg", "") == "batch_size"]
    found = {*changed_nodes(source), *changed_statements(source)}
    return [
        Fault(module, span, text)
        for span, text in sorted(found)
        if not any(begin <= span[0] < end for begin, end in [*decorators, *sizes])
    ]


def changed_nodes(source: Source) -> Iterator[tuple[Span, str]]:
    """Another edge of a comparison or lookup, a clause less, a condition turned round, a number one higher."""
    for node in ast.walk(source.tree):
        match node:
            case ast.JoinedStr():
                continue
            case ast.Compare(ops=[operator], left=left, comparators=[right]):
                yield source.span(node), f"({source.of(left)} {EDGES[type(operator)]} {source.of(right)})"
            case ast.BoolOp(values=values):
                for one in values:
                    rest = [f"({source.of(other)})" for other in values if other is not one]
                    yield source.span(node), f"({(' and ' if isinstance(node.op, ast.And) else ' or ').join(rest)})"
            case ast.BinOp(op=ast.BitOr() | ast.BitAnd(), left=left, right=right) if "Q(" in source.of(node):
                yield from ((source.span(node), source.of(side)) for side in (left, right))
            case ast.UnaryOp(op=ast.Not(), operand=operand):
                yield source.span(node), f"bool({source.of(operand)})"
            case ast.Constant(value=bool()):
                yield source.span(node), str(not node.value)
            case ast.Constant(value=int()):
                yield source.span(node), str(node.value + 1)
            case ast.keyword(arg=str()) if node.arg.rpartition("__")[2] in LOOKUPS:
                name, _, lookup = node.arg.rpartition("__")
                yield source.span(node), f"{name}__{LOOKUPS[lookup]}={source.of(node.value)}"
    yield from changed_statements_of_sql(source)


def changed_statements_of_sql(source: Source) -> Iterator[tuple[Span, str]]:
    for token in tokenize.generate_tokens(StringIO(source.text).readline):
        if "STRING" not in tokenize.tok_name[token.type] or not re.search(r"\b(SELECT|WHERE|JOIN|AND)\b", token.string):
            continue
        begin = source.at(*token.start, of_bytes=False)
        for edge in re.finditer(r"(?<= )[<>]=?(?= )", token.string):
            yield (begin + edge.start(), begin + edge.end()), SQL_EDGES[edge[0]]


def changed_statements(source: Source) -> Iterator[tuple[Span, str]]:
    """A call that is left out (a right, a lock, a note), a filter that is, and what a guard refuses let through."""
    for node in ast.walk(source.tree):
        match node:
            case ast.Expr(value=ast.Call()):
                yield source.span(node), "pass"
            case ast.Raise():
                yield source.span(node), "pass"
            case ast.Call(
                func=ast.Attribute(attr="filter" | "exclude" | "visible_to" | "current" | "select_for_update")
            ):
                yield source.span(node), f"{source.of(node.func.value)}.all()"


def chosen(arguments: argparse.Namespace) -> list[Fault]:
    """A sample in proportion to the modules; the same seed chooses the same ones."""
    modules = arguments.only or TESTED_BY
    every = [fault for module in modules for fault in faults_of(module)]
    if arguments.all or len(every) <= arguments.sample:
        return every
    picked = random.Random(arguments.seed).sample(every, arguments.sample)
    return sorted(picked, key=every.index)


def what_fails(module: str) -> str:
    """The end of what pytest says of the module's tests in the copy, nothing if they pass; what hangs has been noticed as well."""
    command = [sys.executable, "-m", "pytest", "-x", "-q", "-p", "no:cacheprovider", *TESTED_BY[module]]
    try:
        done = subprocess.run(command, cwd=COPY, capture_output=True, text=True, timeout=PATIENCE)
    except subprocess.TimeoutExpired:
        return "timeout"
    return done.stdout[-500:] or "failed" if done.returncode else ""


def plant(fault: Fault) -> bool:
    """Whether the fault goes through."""
    file, source = COPY / fault.module, (PROJECT / fault.module).read_text()
    file.write_text(fault.in_source(source))
    try:
        return not what_fails(fault.module)
    finally:
        file.write_text(source)


def stores(act: str) -> None:
    environment = os.environ | {"CEPORTAL_VAR": "var/test"}
    subprocess.run([sys.executable, "manage.py", "stores", act], cwd=COPY, env=environment, capture_output=True)


def measure(faults: list[Fault]) -> int:
    planted, through = Counter(one.module for one in faults), Counter()
    for module in planted:
        if failing := what_fails(module):
            print(f"{module}: its tests do not pass without a fault\n{failing}", file=sys.stderr)
            return 2
    for number, fault in enumerate(faults, start=1):
        passed = plant(fault)
        through[fault.module] += passed
        told = fault.told((PROJECT / fault.module).read_text())
        print(f"{number}/{len(faults)}", "went through:" if passed else "noticed:", told, flush=True)
    for module, count in planted.items():
        print(f"{module}: {count - through[module]} / {count}")
    killed, all_of_them = len(faults) - through.total(), len(faults)
    print(f"killed / planted: {killed} / {all_of_them} = {killed / all_of_them:.0%}")
    return int(killed < ENOUGH * all_of_them)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sample", type=int, default=100)
    parser.add_argument("--seed", type=int, default=9)
    parser.add_argument("--only", nargs="*", choices=TESTED_BY, metavar="MODULE")
    parser.add_argument("--all", action="store_true", help="every fault: hours")
    faults = chosen(parser.parse_args())
    shutil.rmtree(COPY, ignore_errors=True)
    shutil.copytree(PROJECT, COPY, ignore=LEFT_OUT)
    stores("start")
    try:
        return measure(faults)
    finally:
        stores("stop")
        shutil.rmtree(COPY, ignore_errors=True)


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that the stores of the copy are stopped, too
    sys.exit(main())
